#pragma once

namespace base {

class Clock;
class Files;
class Threads;

// What the real operating system is made of.
Clock& real_clock();
Files& real_files();
Threads& real_threads();

}
