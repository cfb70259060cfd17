package clusterd.model;

/**
 * Where tasks shall be beside, or apart from, those of another service (or of their own).
 *
 * @param service the other's name
 * @param apart   whether they shall be apart rather than together
 * @param level   the attribute within which they meet: {@code node.id}, or {@code node.labels.zone} …
 * @param must    whether a node that does not fulfil it is refused, rather than only less liked
 */
public record Affinity(String service, boolean apart, String level, boolean must) {
}
