package runtime.container;

import runtime.forward.LogSubject;

/** Whose output it is, as log drivers tell of it. */
final class LogSubjects {
    private LogSubjects() {}

    /** What is told of a container. */
    static LogSubject of(ContainerRecord record) {
        ContainerOptions options = record.options();
        return new LogSubject(record.id(), record.name(), options.image(), record.imageId(),
                options.logChoice().chosen(record.labels(), options.env()));
    }
}
