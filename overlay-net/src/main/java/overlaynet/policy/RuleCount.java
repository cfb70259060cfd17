package overlaynet.policy;

import java.util.OptionalInt;

/**
 * How often a rule of a network's policy has decided on this node.
 *
 * @param rule    which; empty = the default
 * @param packets that asked to begin a connection
 */
public record RuleCount(OptionalInt rule, long packets) {
}
