#include "lang/eval/tracer.hpp"

#include "lang/eval/machine.hpp"

// A collection: from the roots, between two steps of the machine.
namespace lang {

// ---- parked tasks, whose stacks are roots

Task::~Task() {
    if (machine != nullptr) machine->forget(*this);
}

void Machine::park(Task& task) {
    task.machine = this;
    task.place = parked_.size();
    parked_.push_back(&task);
}

void Machine::forget(Task& task) {
    parked_[task.place] = parked_.back();
    parked_[task.place]->place = task.place;
    parked_.pop_back();
    task.machine = nullptr;
}

// ---- the collection

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
    task_->frames.shrink(task_->depth);
    task_->values.shrink(task_->height);
    heap.sweep();
    shapes.sweep();
    heap.end_collection();
    return !heap.is_full();
}

}
