package runtime.container;

import runtime.trace.Span;

/** What spans say of containers (OpenTelemetry semantic conventions, "Container"). */
final class SpanFacts {
    private SpanFacts() {}

    /** Notes which container the work is for. */
    static void note(Span span, ContainerRecord record) {
        if (span != Span.NONE) {
            span.set("container.id", record.id()).set("container.name", record.name())
                    .set("container.image.name", record.options().image());
        }
    }
}
