#include "net/client/client_pool.hpp"

namespace net {

std::shared_ptr<Client> make_client(std::unique_ptr<Transport> transport, ClientOptions options) {
    // Transport and client in one object, of which the pointer given out shows the client alone.
    struct Owned {
        Owned(std::unique_ptr<Transport> own, ClientOptions with)
            : transport(std::move(own)), client(*transport, with) {}
        std::unique_ptr<Transport> transport;
        Client client;
    };
    auto owned = std::make_shared<Owned>(std::move(transport), options);
    Client* client = &owned->client;
    return {std::move(owned), client};
}

std::shared_ptr<Client> ClientPool::client(const std::string& way, const MakeTransport& make,
                                           ClientOptions options) {
    return clients_.with([&](auto& clients) {
        std::erase_if(clients, [](const auto& entry) { return entry.second.expired(); });
        if (const auto found = clients.find(way); found != clients.end()) {
            if (auto client = found->second.lock()) return client;
        }
        auto client = make_client(make(), options);
        clients.insert_or_assign(way, client);
        return client;
    });
}

}
