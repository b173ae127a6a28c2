#include "manager/vault.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <utility>

namespace manager {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t key_bytes = crypto_aead_xchacha20poly1305_ietf_KEYBYTES;
constexpr std::size_t nonce_bytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_bytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
/// The first byte of a box, so that another algorithm can join.
constexpr char format_1 = 1;

class File {
public:
    explicit File(int fd) : fd_(fd) {}
    ~File()
    {
        if (fd_ >= 0)
            ::close(fd_);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    explicit operator bool() const { return fd_ >= 0; }
    int get() const { return fd_; }

private:
    int fd_;
};

tl::unexpected<base::Error> refuse(const fs::path& file, std::string_view what, std::string_view advice)
{
    return base::fail(base::Errc::Failed, fmt::format("the key file {} {}; {}", file.string(), what, advice));
}

tl::unexpected<base::Error> system_error(const fs::path& file, std::string_view what, int error)
{
    return base::fail(base::Errc::Failed,
                      fmt::format("the key file {} {}: {}", file.string(), what, std::strerror(error)));
}

const unsigned char* bytes(std::string_view text)
{
    return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* bytes(std::string& text)
{
    return reinterpret_cast<unsigned char*>(text.data());
}

enum class Origin { Systemd, OwnFile };

/// The key in `file`; nothing when there is no such file.
base::Result<std::optional<base::Secret>> read_key(const fs::path& file, Origin origin)
{
    const File opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | (origin == Origin::OwnFile ? O_NOFOLLOW : 0)));
    if (!opened) {
        if (errno == ENOENT)
            return std::nullopt;
        return system_error(file, "cannot be opened", errno);
    }
    struct stat status {};
    if (::fstat(opened.get(), &status) < 0)
        return system_error(file, "cannot be examined", errno);
    // systemd guards its credentials by an access list, which shows as group bits here.
    if (origin == Origin::OwnFile && (status.st_mode & 077U) != 0)
        return refuse(file, "can be read by others", "take that right away (mode 0600), and change the passwords");
    if (origin == Origin::OwnFile && status.st_uid != ::geteuid() && status.st_uid != 0)
        return refuse(file, "belongs to another user", "it must belong to the user that runs syncd");

    auto key = base::Secret::of_size(key_bytes);
    // One byte more than a key tells a longer file.
    unsigned char more = 0;
    if (status.st_size != static_cast<off_t>(key_bytes) ||
        ::read(opened.get(), key.writable().data(), key_bytes) != static_cast<ssize_t>(key_bytes) ||
        ::read(opened.get(), &more, 1) != 0)
        return refuse(file, fmt::format("does not hold {} bytes", key_bytes),
                      "restore it from a backup, or remove it and give all passwords again");
    return key;
}

/// Makes a key and its file, which is either whole or not there.
base::Result<base::Secret> make_key(const fs::path& file)
{
    auto key = base::Secret::of_size(key_bytes);
    randombytes_buf(key.writable().data(), key_bytes);

    auto unfinished = file;
    unfinished += ".new";
    ::unlink(unfinished.c_str()); // left by a start that was interrupted
    {
        const File made(::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
        if (!made || ::write(made.get(), key.writable().data(), key_bytes) != static_cast<ssize_t>(key_bytes) ||
            ::fsync(made.get()) < 0)
            return system_error(unfinished, "cannot be written", errno);
    }
    // Never over a key that is there: it may be all that opens the stored passwords.
    if (::link(unfinished.c_str(), file.c_str()) < 0)
        return system_error(file, "cannot be made", errno);
    ::unlink(unfinished.c_str());
    const File directory(::open(file.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory || ::fsync(directory.get()) < 0)
        return system_error(file, "cannot be made durable", errno);
    return key;
}

} // namespace

Vault::Vault(base::Secret key) : key_(std::move(key)) {}

base::Result<Vault> Vault::open(const fs::path& key_file)
{
    if (sodium_init() < 0)
        return base::fail(base::Errc::Failed, "libsodium cannot be initialized");
    if (const char* directory = std::getenv("CREDENTIALS_DIRECTORY")) {
        auto key = read_key(fs::path(directory) / "syncd.key", Origin::Systemd);
        if (!key)
            return tl::unexpected(std::move(key.error()));
        if (*key)
            return Vault(std::move(**key));
    }
    auto key = read_key(key_file, Origin::OwnFile);
    if (!key)
        return tl::unexpected(std::move(key.error()));
    if (*key)
        return Vault(std::move(**key));
    auto made = make_key(key_file);
    if (!made)
        return tl::unexpected(std::move(made.error()));
    return Vault(std::move(*made));
}

std::string Vault::seal(const base::Secret& plain, std::string_view context) const
{
    // format, nonce, ciphertext with tag
    std::string box(1 + nonce_bytes + plain.size() + tag_bytes, format_1);
    auto* nonce = bytes(box) + 1;
    randombytes_buf(nonce, nonce_bytes);
    crypto_aead_xchacha20poly1305_ietf_encrypt(nonce + nonce_bytes, nullptr, bytes(plain.reveal()), plain.size(),
                                               bytes(context), context.size(), nullptr, nonce, bytes(key_.reveal()));
    return box;
}

base::Result<base::Secret> Vault::open_box(std::string_view sealed, std::string_view context) const
{
    constexpr auto overhead = 1 + nonce_bytes + tag_bytes;
    if (sealed.size() >= overhead && sealed.front() == format_1) {
        const auto* nonce = bytes(sealed) + 1;
        auto plain = base::Secret::of_size(sealed.size() - overhead);
        unsigned char empty = 0; // where nothing is written to when the plain text is empty
        auto* out = plain.empty() ? &empty : plain.writable().data();
        if (crypto_aead_xchacha20poly1305_ietf_decrypt(out, nullptr, nullptr, nonce + nonce_bytes,
                                                       sealed.size() - 1 - nonce_bytes, bytes(context), context.size(),
                                                       nonce, bytes(key_.reveal())) == 0)
            return plain;
    }
    return base::fail(base::Errc::CredentialsLost,
                      "the stored credentials cannot be opened any more; give Id and Password again with Update");
}

} // namespace manager
