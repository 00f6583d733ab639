#include "base/patience.hpp"

#include <algorithm>

namespace base {

Patience::Duration Patience::silence(const Peer& peer, Duration now) {
    return peer.silent + (peer.waiting > 0 ? now - peer.waiting_since : Duration(0));
}

void Patience::begin(const std::string& peer, const std::string& who) {
    const Duration now = clock_.elapsed();
    peers_.with([&](auto& peers) {
        Peer& one = peers[peer];
        if (one.waiting++ == 0) one.waiting_since = now;
        ++one.trying;
        one.who = who;
    });
}

void Patience::heard(const std::string& peer) {
    const Duration now = clock_.elapsed();
    peers_.with([&](auto& peers) {
        Peer& one = peers[peer];
        --one.trying;
        one.silent = Duration(0);
        one.waiting_since = now;
        one.reason.clear();
    });
}

void Patience::failed(const std::string& peer, std::string reason) {
    peers_.with([&](auto& peers) {
        Peer& one = peers[peer];
        --one.trying;
        one.reason = std::move(reason);
        one.next_at = Duration(0);
    });
}

// Of several calls in a pause the first to go on is told.
void Patience::pause(const std::string& peer, Duration pause) {
    const Duration next = clock_.elapsed() + pause;
    peers_.with([&](auto& peers) {
        Peer& one = peers[peer];
        one.next_at = one.next_at == Duration(0) ? next : std::min(one.next_at, next);
    });
}

void Patience::leave(const std::string& peer) {
    const Duration now = clock_.elapsed();
    peers_.with([&](auto& peers) {
        Peer& one = peers[peer];
        if (--one.waiting == 0) one.silent += now - one.waiting_since;
    });
}

void Patience::begin_anew() {
    peers_.with([](auto& peers) {
        for (auto& [name, peer] : peers) peer.silent = Duration(0);
    });
}

std::optional<Patience::Duration> Patience::left(const std::string& peer) const {
    if (!limit_) return std::nullopt;
    const Duration now = clock_.elapsed();
    return peers_.with([&](const auto& peers) {
        const auto found = peers.find(peer);
        return found == peers.end() ? *limit_ : *limit_ - silence(found->second, now);
    });
}

std::string Patience::reason(const std::string& peer) const {
    return peers_.with([&](const auto& peers) {
        const auto found = peers.find(peer);
        return found == peers.end() ? std::string() : found->second.reason;
    });
}

std::optional<Patience::Wait> Patience::longest() const {
    const Duration now = clock_.elapsed();
    return peers_.with([&](const auto& peers) {
        std::optional<Wait> out;
        for (const auto& [name, peer] : peers) {
            const Duration silent = silence(peer, now);
            if (peer.waiting == 0 || (out && out->silent >= silent)) continue;
            out = Wait{.who = peer.who,
                       .peer = name,
                       .reason = peer.reason,
                       .silent = silent,
                       .next = std::nullopt,
                       .left = std::nullopt};
            if (peer.trying == 0) out->next = std::max(peer.next_at - now, Duration(0));
            if (limit_) out->left = std::max(*limit_ - silent, Duration(0));
        }
        return out;
    });
}

}
