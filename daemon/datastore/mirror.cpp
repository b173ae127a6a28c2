#include "datastore/mirror.hpp"

#include "base/utf8.hpp"
#include "datastore/conflict.hpp"
#include "datastore/guard.hpp"
#include "item/conversion.hpp"
#include "item/item.hpp"
#include "item/merge.hpp"
#include "item/normal_form.hpp"
#include "item/property.hpp"
#include "item/uid.hpp"
#include "kinds/service_kind.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <random>
#include <stdexcept>
#include <string_view>
#include <system_error>

namespace datastore {
namespace {

using storage::Directories;
using storage::ItemConflict;
using Consent = Directories::Consent;

constexpr std::size_t files_at_once = 200;
constexpr std::size_t page_bytes = std::size_t{1} << 20;
constexpr std::size_t most_named = 5;

bool says_same(const std::string& one, const std::string& other)
{
    const auto text = item::normal_text(one);
    return one == other || (!text.empty() && text == item::normal_text(other));
}

/// Whether `made` says all that `data` does.
bool says_all(const std::string& made, const std::string& data)
{
    const auto whole = item::parse(data), rest = item::parse(made);
    if (!whole || !rest)
        return made == data;
    const auto lines = item::normal_form(*whole).lines, left = item::normal_form(*rest).lines;
    return std::includes(left.begin(), left.end(), lines.begin(), lines.end());
}

/// `data` with what `text` says beside it, or, where only one can be right, instead.
std::string either(const std::string& data, const std::string& text)
{
    if (says_same(data, text))
        return data;
    const auto merge = item::merge(std::nullopt, data, text, item::Side::Theirs);
    return merge && item::check(merge->text) ? merge->text : text;
}

/// Nobody is to guess it: it tells one directory from another.
std::string new_mark()
{
    std::random_device random;
    return fmt::format("{:08x}{:08x}{:08x}{:08x}", random(), random(), random(), random());
}

/// An item as a file holds it: of the programs that keep such directories none reads the older forms, in which servers
/// send, and a note is a journal entry for them. Whatever they say the newer ones have words for.
std::string file_text(const std::string& text)
{
    using item::Form;
    const auto form = item::find_form(text);
    if (!form || !(item::is_old(*form) || *form == Form::PlainText))
        return text;
    auto converted = item::convert(text, item::is_card(*form) ? Form::VCard30 : Form::ICalendar20);
    return converted ? std::move(converted->data) : text;
}

/// Whether `data` in a file is `text` as it was written there.
bool is_written_as(const std::string& text, const std::string& data)
{
    return data == text || data == file_text(text);
}

bool is_moved(const storage::FileStamp& one, const storage::FileStamp& other)
{
    return one.inode == other.inode && one.size == other.size && one.modified == other.modified;
}

std::string_view items_word(std::uint64_t count)
{
    return count == 1 ? "item" : "items";
}

} // namespace

Mirror::Mirror(storage::ItemStore& items, storage::ItemKind kind, base::Result<std::unique_ptr<Collection>> collection,
               std::string profile, ConflictPolicy policy, std::size_t most)
    : items_(items), known_(items), reviews_(items), kind_(kind),
      collection_(collection ? std::move(*collection) : nullptr),
      obstacle_(collection ? "" : collection.error().message), profile_(std::move(profile)), policy_(policy),
      most_(most)
{
}

// ---- from the files ----------------------------------------------------------------------

void Mirror::take_in()
{
    if (!collection_)
        throw std::runtime_error(obstacle_);
    const Collection::Lock lock(*collection_);
    collection_->clean_up();
    const auto differences = look();
    recognize(differences);
    const auto consent = known_.consent(kind_);
    if (differences.any() || consent != Consent::None) {
        const auto all = [&] { carry_out(differences, consent); };
        // What is gone and what has come belong together: a file may have another name. Else a program that writes
        // waits only for some of them.
        if (differences.gone.empty())
            all();
        else
            items_.in_transaction(all);
    }
    if (const auto failed = write_files())
        throw std::runtime_error(*failed);
    is_in_step_ = true;
    note_faults();
}

Mirror::Differences Mirror::look() const
{
    Differences differences;
    // Order does not matter: whether both sides have the same names.
    const std::hash<std::string_view> hash;
    std::uint64_t known_names = 0, names = 0;
    const auto listing = collection_->list();
    known_.each_file(kind_, [&](const FileRow& file) {
        const auto status = listing->find(file.name.c_str());
        if (!file.luid.empty())
            ++differences.known;
        if (!status && file.luid.empty())
            differences.forgotten.push_back(file.name);
        else if (!status)
            differences.gone.push_back(file);
        else if (file.stamp.changed == 0 || status->stamp != file.stamp)
            differences.changed.push_back(file.name);
        known_names += status ? hash(file.name) | 1 : 0;
    });
    listing->each_name([&](const char* name) { names += hash(name) | 1; });
    if (names == known_names)
        return differences;
    listing->each_name([&](const char* name) {
        if (!known_.find_file(kind_, name))
            differences.added.emplace_back(name);
    });
    return differences;
}

void Mirror::recognize(const Differences& differences)
{
    const auto mark = collection_->mark();
    const auto known_mark = known_.mark(kind_);
    const bool is_trusted = differences.known == 0 || known_.consent(kind_) != Consent::None;
    const auto& gone = differences.gone;
    // Where a name is an item's for good, what has all of them is what it was, whatever its mark says, and others that
    // have come are no sign of that.
    const bool keeps_names = collection_->keeps_names();
    const bool is_emptied = differences.known > 1 && gone.size() == differences.known &&
                            (keeps_names || (differences.added.empty() && differences.changed.empty()));
    if (!is_trusted && mark != known_mark && !keeps_names)
        hold(fmt::format("{} is not the directory that it was, for there is {} in it. If the other one is to come "
                         "back, bring it back and synchronize again; nothing has been done to its {} {} here and at "
                         "the server. To go on with what is there now: \"release\" deletes the items that are not in "
                         "it, \"reject\" writes them into it",
                         collection_->title(), mark.empty() ? "no .syncd" : "another .syncd", differences.known,
                         items_word(differences.known)));
    if (!is_trusted && is_emptied)
        hold(fmt::format("none of the {} items that were in {} is there any more. Nothing has been deleted here and at "
                         "the server: \"release\" does that, \"reject\" writes them into it again",
                         differences.known, collection_->title()));
    if (!is_trusted && mark != known_mark && !gone.empty())
        hold(fmt::format(
            "{} was made anew or put back, and lacks {} of {} {} that it held. Nothing has been deleted "
            "here and at the server: \"release\" does that, \"reject\" writes what is missing into it again",
            collection_->title(), gone.size(), differences.known, items_word(differences.known)));
    reviews_.clear_store(kind_);
    if (mark == known_mark && !mark.empty())
        return;
    const auto given = mark.empty() ? new_mark() : mark;
    if (mark.empty())
        collection_->set_mark(given);
    known_.set_mark(kind_, given);
}

void Mirror::hold(std::string what)
{
    reviews_.hold(kind_, profile_, {.store = true});
    throw HeldForReview(std::move(what));
}

void Mirror::carry_out(const Differences& differences, Consent consent)
{
    const auto in_steps = [&](const std::vector<std::string>& names, auto work) {
        for (std::size_t from = 0; from < names.size(); from += files_at_once)
            items_.in_transaction([&] {
                for (auto i = from; i < std::min(names.size(), from + files_at_once); ++i)
                    work(names[i]);
            });
    };
    for (const auto& name : differences.forgotten)
        known_.drop_file(kind_, name);
    for (const auto& file : differences.gone)
        known_.drop_file(kind_, file.name);
    has_loose_ = !differences.gone.empty() || known_.newest(kind_) > known_.written_to(kind_);
    in_steps(differences.changed, [&](const std::string& name) { take_changed(name); });
    ByInode gone;
    for (const auto& file : differences.gone)
        gone.emplace(file.stamp.inode, file);
    in_steps(differences.added, [&](const std::string& name) { take_added(name, gone); });
    has_loose_ = true;
    rewritten_.reset();
    for (const auto& file : differences.gone)
        take_gone(file, consent);
    if (consent == Consent::None)
        return;
    known_.set_consent(kind_, Consent::None);
    if (consent == Consent::Missing)
        reviews_.agree(kind_, profile_);
}

base::Result<std::string> Mirror::item_of(const Collection::File& file) const
{
    const auto& service = kinds::of(kind_);
    auto checked = item::check(file.data, service.content, most_);
    if (!checked)
        return tl::unexpected(std::move(checked.error()));
    if (checked->form == item::Form::PlainText) // any text would be one
        return base::fail(base::Errc::InvalidValue, fmt::format("it is no {} of a calendar", service.word()));
    return std::move(checked->data);
}

std::uint64_t Mirror::revision_of(const std::string& luid) const
{
    return items_.find_head(kind_, profile_, luid).value().revision;
}

void Mirror::leave_alone(FileRow file, std::string why)
{
    if (const auto status = collection_->find(file.name.c_str()))
        file.stamp = status->stamp;
    file.fault = base::legible(why);
    known_.put_file(kind_, file);
}

void Mirror::take_changed(const std::string& name)
{
    auto row = known_.find_file(kind_, name);
    const auto read = collection_->read(name, most_);
    if (!row || (!read && read.error().code == base::Errc::NotFound))
        return; // the next session sees what became of it
    if (!read)
        return leave_alone(std::move(*row), read.error().message);
    const auto data = item_of(*read);
    if (!data)
        return leave_alone(std::move(*row), data.error().message);
    row->stamp = read->stamp;
    row->fault.clear();
    update(*row, *data);
    known_.put_file(kind_, *row);
}

void Mirror::update(FileRow& file, const std::string& text)
{
    const auto item = file.luid.empty() ? std::nullopt : items_.find(kind_, file.luid);
    const auto base = known_.content_at(kind_, file.luid, file.revision);
    if (item && item->revision != file.revision && collection_->rewords() && says_same(text, item->data)) {
        // Its own words for what it was given, by a session that did not come to note it.
        file.revision = item->revision;
        file.wording.clear();
        return;
    }
    auto data = base ? edited(file, *base, text) : text;
    const auto loose = !item && has_loose_ && (!base || !is_written_as(*base, data)) ? find_loose(data) : std::nullopt;
    if (loose && is_written_as(loose->data, text))
        data = loose->data;
    else if (loose)
        data = either(loose->data, text);
    file.wording = collection_->rewords() && !says_all(text, data) ? text : std::string();
    if (!item && base && is_written_as(*base, data))
        return;  // a session has deleted it, and nobody has edited it: it is to go
    if (!item) { // an edit survives that; or it was none before
        file.luid = loose ? loose->luid : items_.add(kind_, data);
        if (loose && loose->data != data)
            items_.replace(kind_, file.luid, data);
        file.revision = revision_of(file.luid);
        return;
    }
    if (is_written_as(item->data, data)) {
        file.revision = item->revision;
    } else if (item->revision == file.revision) {
        items_.replace(kind_, file.luid, data);
        file.revision = revision_of(file.luid);
    } else if (!base || !is_written_as(*base, data)) {
        merge(file, data, *item, base);
    }
}

std::string Mirror::edited(const FileRow& file, const std::string& base, const std::string& text) const
{
    if (!collection_->rewords())
        return text;
    const auto& written = file.wording.empty() ? base : file.wording;
    if (says_same(text, written))
        // What words say the same may still be an edit, of how a number is written for one. It is taken where nothing
        // else is lost with it.
        return file.wording.empty() && says_all(text, base) ? text : base;
    const auto merge = item::merge(written, base, text, item::Side::Theirs);
    return merge && item::check(merge->text) ? merge->text : text;
}

std::optional<storage::StoredItem> Mirror::find_loose(const std::string& text)
{
    if (auto same = known_.find_loose(kind_, text))
        return same;
    return collection_->rewords() ? find_reworded(text) : find_converted(text);
}

std::optional<storage::StoredItem> Mirror::find_converted(const std::string& data)
{
    if (!rewritten_) {
        rewritten_.emplace();
        std::uint64_t after = known_.written_to(kind_);
        for (auto page = known_.unwritten(kind_, after, page_bytes); !page.empty();
             page = known_.unwritten(kind_, after, page_bytes)) {
            for (const auto& item : page)
                if (auto text = item.data && !item.file ? file_text(*item.data) : std::string();
                    !text.empty() && text != *item.data)
                    rewritten_->emplace(std::move(text), item.luid);
            after = page.back().revision;
        }
    }
    const auto found = rewritten_->find(data);
    if (found == rewritten_->end() || known_.find_file_of(kind_, found->second))
        return std::nullopt;
    return items_.find(kind_, found->second);
}

std::optional<storage::StoredItem> Mirror::find_reworded(const std::string& text) const
{
    const auto uid = item::uid(text);
    for (auto after = known_.written_to(kind_);;) {
        const auto page = known_.unwritten(kind_, after, page_bytes);
        if (page.empty())
            return std::nullopt;
        for (const auto& item : page) {
            after = item.revision;
            if (!item.file && item.data &&
                ((!uid.empty() && item::uid(*item.data) == uid) || says_same(*item.data, text)))
                return storage::StoredItem{item.luid, item.revision, *item.data};
        }
    }
}

void Mirror::record(FileRow& file, Collection::Written made, const std::string& data) const
{
    file.name = std::move(made.name);
    file.stamp = made.stamp;
    file.wording = made.data.empty() || says_all(made.data, data) ? std::string() : std::move(made.data);
}

void Mirror::merge(FileRow& file, const std::string& data, const storage::StoredItem& item,
                   const std::optional<std::string>& base)
{
    const auto known = base ? std::optional<std::string_view>(*base) : std::nullopt;
    const auto merge = item::merge(known, data, item.data);
    // As the file has it first: that is what the next edit of the file is made of.
    items_.replace(kind_, file.luid, data);
    file.revision = revision_of(file.luid);
    if (merge && merge->conflicts.empty()) {
        items_.replace(kind_, file.luid, merge->text);
        return;
    }
    auto conflict = describe_conflict(data, item.data, known, policy_);
    conflict.profile = profile_;
    conflict.kind = kind_;
    conflict.luid = file.luid;
    if (conflict.way == ItemConflict::Way::Both)
        conflict.copy = items_.add(kind_, item.data);
    items_.replace(kind_, file.luid,
                   conflict.way == ItemConflict::Way::Theirs ? conflict.with_theirs : conflict.with_ours);
    items_.note_conflict(conflict);
    notes_.push_back(base::legible(
        fmt::format("{} was written while a session changed its item {}, and not all of that could be merged: {}; "
                    "see syncctl conflicts",
                    collection_->title(), file.name, file.luid,
                    conflict.way == ItemConflict::Way::Ours     ? "what was in the file stays"
                    : conflict.way == ItemConflict::Way::Theirs ? "what the session made of it stays"
                                                                : "both are kept")));
}

void Mirror::take_added(const std::string& name, const ByInode& gone)
{
    FileRow row;
    row.name = name;
    const auto read = collection_->read(name, most_);
    if (!read && read.error().code == base::Errc::NotFound)
        return;
    if (!read)
        return leave_alone(std::move(row), read.error().message);
    const auto data = item_of(*read);
    if (!data)
        return leave_alone(std::move(row), data.error().message);
    row.stamp = read->stamp;
    // It has another name now, whatever has become of its item.
    const auto former = gone.find(row.stamp.inode);
    if (former != gone.end() && is_moved(former->second.stamp, row.stamp) &&
        !known_.find_file_of(kind_, former->second.luid)) {
        row.luid = former->second.luid;
        row.revision = former->second.revision;
    }
    update(row, *data);
    known_.put_file(kind_, row);
}

void Mirror::take_gone(const FileRow& file, Consent consent)
{
    const auto item = items_.find(kind_, file.luid);
    if (!item || known_.find_file_of(kind_, file.luid)) // it has another name
        return;
    if (consent != Consent::Restore && item->revision == file.revision) {
        items_.remove(kind_, file.luid);
        return;
    }
    // It is written into a file again: by consent, or because a session has changed it since.
    known_.set_written_to(kind_, std::min(known_.written_to(kind_), item->revision - 1));
}

void Mirror::note_faults()
{
    const auto count = known_.count_faulty_files(kind_);
    if (count == 0)
        return;
    std::string names;
    for (const auto& file : known_.faulty_files(kind_, most_named))
        names += fmt::format("{}{} ({})", names.empty() ? "" : ", ", file.name, file.fault);
    if (count > most_named)
        names += fmt::format(" and {} more", count - most_named);
    notes_.push_back(
        base::legible(fmt::format("{}: what is no single item is left alone: {}", collection_->title(), names)));
}

// ---- into the files ------------------------------------------------------------------------

void Mirror::put_out()
{
    if (!is_in_step_)
        return;
    try {
        const Collection::Lock lock(*collection_);
        const auto failed = write_files();
        if (failed)
            notes_.push_back(*failed);
    } catch (const std::exception& exception) {
        notes_.push_back(base::legible(fmt::format("{} could not be brought up to date, and will be with the next "
                                                   "synchronization: {}",
                                                   collection_->title(), exception.what())));
    }
}

std::optional<std::string> Mirror::write_files()
{
    strangers_.reset();
    const auto begin = known_.written_to(kind_);
    auto after = begin;
    std::optional<std::uint64_t> first_left;
    std::optional<std::string> failed;
    while (!failed) {
        const auto page = known_.unwritten(kind_, after, page_bytes);
        if (page.empty())
            break;
        std::vector<FileRow> written;
        std::vector<std::string> removed;
        for (const auto& item : page) {
            after = item.revision;
            try {
                if (!write_file(item, written, removed) && !first_left)
                    first_left = item.revision;
            } catch (const Collection::Refused& refused) {
                notes_.push_back(base::legible(fmt::format("{} does not take item {}, which stays as it is there: {}",
                                                           collection_->title(), item.luid, refused.what())));
                first_left = first_left.value_or(item.revision);
            } catch (const std::system_error& error) {
                failed = base::legible(fmt::format("item {} could not be written, and will be with the next "
                                                   "synchronization: {}",
                                                   item.luid, error.what()));
                first_left = first_left.value_or(item.revision);
                break;
            }
        }
        collection_->sync();
        items_.in_transaction([&] {
            for (const auto& name : removed)
                known_.drop_file(kind_, name);
            for (const auto& file : written)
                known_.put_file(kind_, file);
        });
    }
    const auto end = first_left ? *first_left - 1 : known_.newest(kind_);
    if (end > begin)
        known_.set_written_to(kind_, end);
    return failed;
}

bool Mirror::write_file(const Directories::Unwritten& item, std::vector<FileRow>& written,
                        std::vector<std::string>& removed)
{
    if (!item.file) {
        written.push_back(create(item));
        return true;
    }
    auto file = *item.file;
    if (!file.fault.empty()) {
        // What is in the file is not what is known of it, and nobody can read it: it is its owner's to mend.
        if (item.data)
            return false;
        file.luid.clear();
        written.push_back(std::move(file));
        return true;
    }
    follow(file);
    if (item.data && !collection_->find(file.name.c_str())) {
        // It was deleted while the server changed it, and the change survives that.
        removed.push_back(file.name);
        written.push_back(create(item));
        return true;
    }
    if (rewrite_file(item, file, written, removed)) {
        if (file.name != item.file->name)
            removed.push_back(item.file->name);
        return true;
    }
    // Somebody has written it. What comes of that has a newer revision, and its turn later; if nothing does, it is once
    // more what is known of it.
    take_changed(file.name);
    const auto now = known_.find_file(kind_, file.name);
    return now && now->fault.empty() && (now->revision != file.revision || rewrite_file(item, *now, written, removed));
}

bool Mirror::rewrite_file(const Directories::Unwritten& item, FileRow file, std::vector<FileRow>& written,
                          std::vector<std::string>& removed)
{
    if (!item.data) {
        const bool is_gone = collection_->remove(file.name, file.stamp);
        if (is_gone)
            removed.push_back(std::move(file.name));
        return is_gone;
    }
    auto made = collection_->replace(file.name, file.stamp, file_text(*item.data));
    if (!made)
        return false;
    record(file, std::move(*made), *item.data);
    file.revision = item.revision;
    written.push_back(std::move(file));
    return true;
}

void Mirror::follow(FileRow& file)
{
    if (collection_->keeps_names() || collection_->find(file.name.c_str()))
        return;
    if (!strangers_) {
        strangers_.emplace();
        const auto listing = collection_->list();
        listing->each_name([&](const char* name) {
            if (const auto status = listing->find(name); status && !known_.find_file(kind_, name))
                strangers_->emplace(status->stamp.inode, FileRow{name, {}, 0, status->stamp, {}, {}});
        });
    }
    const auto found = strangers_->find(file.stamp.inode);
    if (found != strangers_->end() && is_moved(found->second.stamp, file.stamp))
        file.name = found->second.name;
}

Mirror::FileRow Mirror::create(const Directories::Unwritten& item)
{
    FileRow file;
    record(file, collection_->add(item.luid, file_text(*item.data)), *item.data);
    file.luid = item.luid;
    file.revision = item.revision;
    return file;
}

} // namespace datastore
