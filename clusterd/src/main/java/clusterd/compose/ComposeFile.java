package clusterd.compose;

import java.util.SortedMap;

/**
 * A secret or configuration of a project.
 *
 * @param name   in the cluster
 * @param source of its bytes
 * @param labels the user's own
 */
public record ComposeFile(String name, Source source, SortedMap<String, String> labels) {
    /** Copies the labels. */
    public ComposeFile {
        labels = ComposeProject.sorted(labels);
    }

    /** Where its bytes come from. */
    public sealed interface Source {
    }

    /**
     * A file of whoever deploys it.
     *
     * @param path absolute
     */
    public record FromFile(String path) implements Source {
    }

    /**
     * A variable of whoever deploys it.
     *
     * @param variable its name
     */
    public record FromEnvironment(String variable) implements Source {
    }

    /**
     * The Compose file itself.
     *
     * @param content as text
     */
    public record Inline(String content) implements Source {
    }

    /** It is in the cluster already, and stays. */
    public record External() implements Source {
    }
}
