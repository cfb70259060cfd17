package runtime.spec;

import java.util.Optional;

/**
 * A namespace to make, or to join.
 *
 * @param type which kind
 * @param path file to join with {@code setns(2)}; a new one is made if absent
 */
public record Namespace(NamespaceType type, Optional<String> path) {}
