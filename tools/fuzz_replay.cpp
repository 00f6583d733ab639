// The main of a fuzz target that is built without libFuzzer: runs the seeds, and small mutations of
// each, through it. Usage: TARGET [FOLDER]...
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include <dirent.h>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr int kMutationsPerSeed = 200;

void run(const std::string& text) {
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
}

// Always the same mutations, so that a failure can be repeated.
void run_mutations(const std::string& seed, std::mt19937& random) {
    for (int i = 0; i < kMutationsPerSeed && !seed.empty(); ++i) {
        std::string text = seed;
        const std::size_t place = random() % text.size();
        switch (random() % 4) {
            case 0: text[place] = static_cast<char>(random()); break;
            case 1: text.resize(place); break;
            case 2: text.erase(place, 1 + random() % 8); break;
            default: text.insert(place, text.substr(random() % text.size(), random() % 16));
        }
        run(text);
    }
}

}

int main(int count, char** arguments) {
    std::mt19937 random(1);
    std::size_t seeds = 0;
    run("");
    for (int i = 1; i < count; ++i) {
        const std::string folder = arguments[i];
        DIR* directory = ::opendir(folder.c_str());
        if (directory == nullptr) continue;
        while (const dirent* entry = ::readdir(directory)) {
            if (entry->d_name[0] == '.') continue;
            std::ifstream file(folder + "/" + entry->d_name, std::ios::binary);
            const std::string text{std::istreambuf_iterator<char>(file), {}};
            run(text);
            run_mutations(text, random);
            ++seeds;
        }
        ::closedir(directory);
    }
    std::printf("%zu seeds\n", seeds);
    return seeds == 0 ? 1 : 0;
}
