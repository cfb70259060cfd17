package clusterd.operation;

/**
 * A member of the managers' group as somebody sees it.
 *
 * @param id      of its node
 * @param voter   whether it keeps the state; else it is a witness
 * @param inReach whether it answers
 */
public record Seen(String id, boolean voter, boolean inReach) {
}
