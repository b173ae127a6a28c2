#include "evolution/address_book.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace evolution {
namespace {

namespace fs = std::filesystem;

/// What is not here yet of a source that is kept elsewhere comes with the next session.
constexpr guint32 do_not_wait = ~guint32{0};

/// Without what the server looks numbers up by, which it lists otherwise than it reads it.
std::string text_of(EContact* contact)
{
    for (GList* one = e_vcard_get_attributes(E_VCARD(contact)); one != nullptr; one = one->next)
        e_vcard_attribute_remove_param(static_cast<EVCardAttribute*>(one->data), EVC_X_E164);
    const Text text(e_vcard_to_string(E_VCARD(contact), EVC_FORMAT_VCARD_30));
    return to_string(text.get());
}

/// As the server has it in names of files.
std::string in_file_name(std::string text)
{
    std::replace_if(
        text.begin(), text.end(), [](char c) { return !g_ascii_isalnum(c); }, '_');
    return text;
}

/// What a file of the server's own pictures of the contact holds. A contact that somebody has sent may name any file of
/// this machine, and what is in it would go where the contact goes.
std::optional<std::string> find_picture(const char* uri, const std::string& uid)
{
    const Text named(g_filename_from_uri(uri, nullptr, nullptr));
    if (!named)
        return std::nullopt;
    const fs::path file(named.get());
    const fs::path books = fs::path(g_get_user_data_dir()) / "evolution" / "addressbook";
    const auto place = file.parent_path();
    std::error_code none;
    const bool is_own = file.lexically_normal() == file && place.filename() == "photos" &&
                        place.parent_path().parent_path() == books &&
                        in_file_name(file.filename()).starts_with(in_file_name(uid) + "_") &&
                        fs::is_regular_file(fs::symlink_status(file, none));
    if (!is_own)
        return std::nullopt;
    std::ostringstream octets;
    octets << std::ifstream(file, std::ios::binary).rdbuf();
    return octets.str();
}

/// The server keeps pictures in files, and only their names in the contact.
void put_in_picture(EContact* contact, EContactField field)
{
    auto* value = static_cast<EContactPhoto*>(e_contact_get(contact, field));
    const std::unique_ptr<EContactPhoto, void (*)(EContactPhoto*)> photo(value, &e_contact_photo_free);
    if (!photo || photo->type != E_CONTACT_PHOTO_TYPE_URI)
        return;
    const auto* uid = static_cast<const char*>(e_contact_get_const(contact, E_CONTACT_UID));
    const auto octets = find_picture(e_contact_photo_get_uri(photo.get()), to_string(uid));
    if (!octets || octets->empty())
        return;
    const std::unique_ptr<EContactPhoto, void (*)(EContactPhoto*)> inlined(e_contact_photo_new(),
                                                                           &e_contact_photo_free);
    inlined->type = E_CONTACT_PHOTO_TYPE_INLINED;
    const Text type(
        g_content_type_guess(nullptr, reinterpret_cast<const guchar*>(octets->data()), octets->size(), nullptr));
    const Text mime(g_content_type_get_mime_type(type.get()));
    e_contact_photo_set_mime_type(inlined.get(), mime.get());
    e_contact_photo_set_inlined(inlined.get(), reinterpret_cast<const guchar*>(octets->data()), octets->size());
    e_contact_set(contact, field, inlined.get());
}

bool is_missing(const Error& error)
{
    return error.is(E_BOOK_CLIENT_ERROR, E_BOOK_CLIENT_ERROR_CONTACT_NOT_FOUND);
}

Object<EContact> parse(const std::string& text)
{
    Object<EContact> contact(e_contact_new_from_vcard(text.c_str()));
    if (!contact)
        throw Refusal("it is no contact");
    return contact;
}

} // namespace

AddressBook::AddressBook(ESource* source)
{
    Error error;
    client_.reset(
        reinterpret_cast<EBookClient*>(e_book_client_connect_sync(source, do_not_wait, nullptr, error.out())));
    if (!client_)
        error.raise("the address book cannot be opened");
    if (e_client_is_readonly(E_CLIENT(client_.get())))
        throw Failure("the address book cannot be written");
}

void AddressBook::each(const Visit& visit)
{
    Error error;
    GSList* contacts = nullptr;
    constexpr const char* everything = "(contains \"x-evolution-any-field\" \"\")";
    if (!e_book_client_get_contacts_sync(client_.get(), everything, &contacts, nullptr, error.out()))
        error.raise("the contacts cannot be listed");
    const std::unique_ptr<GSList, void (*)(GSList*)> owned(contacts,
                                                           [](GSList* all) { g_slist_free_full(all, g_object_unref); });
    for (const GSList* one = contacts; one != nullptr; one = one->next) {
        auto* contact = E_CONTACT(one->data);
        visit(to_string(static_cast<const char*>(e_contact_get_const(contact, E_CONTACT_UID))), text_of(contact));
    }
}

Object<EContact> AddressBook::get(const std::string& uid)
{
    Error error;
    EContact* contact = nullptr;
    if (!e_book_client_get_contact_sync(client_.get(), uid.c_str(), &contact, nullptr, error.out()) &&
        !is_missing(error))
        error.raise("a contact cannot be read");
    return Object<EContact>(contact);
}

std::optional<std::string> AddressBook::find(const std::string& uid)
{
    const auto contact = get(uid);
    return contact ? std::optional(text_of(contact.get())) : std::nullopt;
}

std::optional<Store::Item> AddressBook::read(const std::string& uid)
{
    const auto contact = get(uid);
    if (!contact)
        return std::nullopt;
    auto listed = text_of(contact.get());
    put_in_picture(contact.get(), E_CONTACT_PHOTO);
    put_in_picture(contact.get(), E_CONTACT_LOGO);
    return Item{std::move(listed), text_of(contact.get())};
}

std::string AddressBook::add(const std::string& text)
{
    const auto contact = parse(text);
    const auto own = to_string(static_cast<const char*>(e_contact_get_const(contact.get(), E_CONTACT_UID)));
    if (!own.empty() && get(own)) {
        const Text another(e_util_generate_uid());
        e_contact_set(contact.get(), E_CONTACT_UID, another.get());
    }
    Error error;
    gchar* uid = nullptr;
    if (!e_book_client_add_contact_sync(client_.get(), contact.get(), E_BOOK_OPERATION_FLAG_NONE, &uid, nullptr,
                                        error.out()))
        error.raise("a contact cannot be added");
    return to_string(Text(uid).get());
}

void AddressBook::replace(const std::string& uid, const std::string& text)
{
    const auto contact = parse(text);
    e_contact_set(contact.get(), E_CONTACT_UID, uid.c_str());
    Error error;
    if (!e_book_client_modify_contact_sync(client_.get(), contact.get(), E_BOOK_OPERATION_FLAG_NONE, nullptr,
                                           error.out()))
        error.raise("a contact cannot be changed");
}

void AddressBook::remove(const std::string& uid)
{
    Error error;
    if (!e_book_client_remove_contact_by_uid_sync(client_.get(), uid.c_str(), E_BOOK_OPERATION_FLAG_NONE, nullptr,
                                                  error.out()) &&
        !is_missing(error))
        error.raise("a contact cannot be removed");
}

} // namespace evolution
