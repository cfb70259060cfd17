package overlaynet.policy;

import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Which connections a network lets begin: the first rule that is about one decides, and if none is, the default.
 * Answers to what has begun always come back.
 *
 * @param closed whether nobody may talk to anybody unless a rule allows it
 * @param rules  in their order
 */
public record Policy(boolean closed, List<Rule> rules) {
    /** Everybody may talk to everybody. */
    public static final Policy OPEN = new Policy(false, List.of());
    /** Each is looked at for each new connection. */
    public static final int MOST_RULES = 200;

    /** Copies the list. */
    public Policy {
        rules = List.copyOf(rules);
        if (rules.size() > MOST_RULES) {
            throw new IllegalArgumentException(rules.size() + " rules are more than the " + MOST_RULES
                    + " a network may have");
        }
    }

    /** Reads its rules. */
    public static Policy of(boolean closed, List<String> rules) {
        Set<Rule> seen = new HashSet<>();
        return new Policy(closed, rules.stream().map(Rule::parse).peek(each -> {
            if (!seen.add(each)) {
                throw new IllegalArgumentException("rule \"" + each + "\" is there twice");
            }
        }).toList());
    }

    /** Whether it forbids nothing. */
    public boolean isOpen() {
        return !closed && rules.stream().allMatch(Rule::allow);
    }

    /** Keys of labels that its rules ask for. */
    public Set<String> labelKeys() {
        Set<String> keys = new HashSet<>();
        rules.stream().flatMap(each -> Stream.of(each.from(), each.to())).forEach(each -> {
            if (each instanceof Selector.Labelled labelled) {
                keys.add(labelled.key());
            }
        });
        return keys;
    }

    /**
     * What becomes of a connection.
     *
     * @param allowed whether it may begin
     * @param rule    which of the rules says so, from 0 on; empty = the default
     */
    public record Decision(boolean allowed, OptionalInt rule) {
    }

    /**
     * Decides.
     *
     * @param protocol of it
     * @param port     of the one that is talked to; 0 of what has none
     */
    public Decision decide(Rule.End from, Rule.End to, Rule.Protocol protocol, int port) {
        for (int i = 0; i < rules.size(); i++) {
            if (rules.get(i).isAbout(from, to, protocol, port)) {
                return new Decision(rules.get(i).allow(), OptionalInt.of(i));
            }
        }
        return new Decision(!closed, OptionalInt.empty());
    }

    /** The words of what decides: a rule, or the default. */
    public String words(OptionalInt rule) {
        return rule.isPresent() ? rules.get(rule.getAsInt()).toString() : closed ? "default deny" : "default allow";
    }
}
