#include "lang/eval/tracer.hpp"

#include "lang/eval/machine.hpp"

// A collection: from the roots, between two steps of the machine.
namespace lang {

bool Machine::collect() {
    has_collected_ = true;
    // After a stop operations leave things half made; nobody will look at them, nor must this.
    if (is_stopped() || heap.skips_collection()) return true;
    heap.clear_marks();
    Tracer tracer(heap, shapes, touched_sets);
    for (const Obj* object : heap.kept()) tracer.object(object);
    tracer.word(result_);
    tracer.task(*task_);
    for (const Task* task : parked_) tracer.task(*task);
    tracer.finish();
    heap.sweep();
    shapes.sweep();
    heap.set_trigger();
    return !heap.is_full();
}

}
