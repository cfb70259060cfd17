package cli.command;

import api.cluster.Affinity;
import api.cluster.Constraint;
import api.cluster.Placement;
import api.cluster.Platform;
import cli.wire.MessageWriter;
import java.util.List;

/** --constraint, --placement-pref, --affinity and the others that say where tasks shall be. */
final class PlacementFlags {
    private static final String SPREAD = "spread=";

    private PlacementFlags() {}

    /** The message Placement. */
    static MessageWriter of(Arguments arguments) throws UsageException {
        MessageWriter placement = new MessageWriter();
        for (String word : arguments.values("constraint")) {
            placement.message(Placement.CONSTRAINTS_FIELD_NUMBER, constraint("constraint", word));
        }
        for (String word : arguments.values("placement-pref")) {
            if (word.equals("binpack")) {
                placement.flag(Placement.BINPACK_FIELD_NUMBER, true);
            } else if (word.startsWith(SPREAD)) {
                placement.string(Placement.SPREAD_FIELD_NUMBER,
                        attribute("placement-pref", word, word.substring(SPREAD.length())));
            } else {
                throw Arguments.invalid("placement-pref", word,
                        "expected spread=ATTRIBUTE, as in spread=node.labels.zone, or binpack");
            }
        }
        for (String word : arguments.values("affinity")) {
            placement.message(Placement.AFFINITIES_FIELD_NUMBER, affinity("affinity", word, false));
        }
        for (String word : arguments.values("anti-affinity")) {
            placement.message(Placement.AFFINITIES_FIELD_NUMBER, affinity("anti-affinity", word, true));
        }
        if (arguments.has("replicas-max-per-node")) {
            placement.optionalNumber(Placement.MAX_PER_NODE_FIELD_NUMBER,
                    arguments.atLeast(0, "replicas-max-per-node"));
        }
        for (String word : arguments.values("platform")) {
            placement.message(Placement.PLATFORMS_FIELD_NUMBER, platform(word));
        }
        return placement;
    }

    /** The message Constraint. */
    static MessageWriter constraint(String option, String word) throws UsageException {
        clusterd.model.Constraint constraint = parsed(option, word);
        return new MessageWriter()
                .string(Constraint.ATTRIBUTE_FIELD_NUMBER, constraint.attribute())
                .flag(Constraint.EQUAL_FIELD_NUMBER, constraint.equal())
                .string(Constraint.VALUE_FIELD_NUMBER, constraint.value());
    }

    /** The constraint a word names. */
    static clusterd.model.Constraint parsed(String option, String word) throws UsageException {
        try {
            return clusterd.model.Constraint.parse(word);
        } catch (IllegalArgumentException e) {
            throw Arguments.invalid(option, word, e.getMessage());
        }
    }

    private static String attribute(String option, String word, String attribute) throws UsageException {
        try {
            return new clusterd.model.Constraint(attribute, true, "").attribute();
        } catch (IllegalArgumentException e) {
            throw Arguments.invalid(option, word, e.getMessage());
        }
    }

    /** {@code SERVICE[:ATTRIBUTE][,must]} */
    private static MessageWriter affinity(String option, String word, boolean apart) throws UsageException {
        List<String> parts = KeyValue.commas(word);
        String first = parts.getFirst();
        int colon = first.indexOf(':');
        String service = colon < 0 ? first : first.substring(0, colon);
        String wrong = ServiceNames.wrong(service);
        boolean must = parts.size() == 2 && parts.get(1).equals("must");
        if (!wrong.isEmpty()) {
            throw Arguments.invalid(option, word, wrong);
        }
        if (parts.size() > 1 && !must) {
            throw Arguments.invalid(option, word, "after a comma only \"must\" is expected");
        }
        String level = colon < 0 || first.substring(colon + 1).equals("node") ? "node.id"
                : attribute(option, word, first.substring(colon + 1));
        return new MessageWriter()
                .string(Affinity.SERVICE_FIELD_NUMBER, service)
                .flag(Affinity.APART_FIELD_NUMBER, apart)
                .string(Affinity.LEVEL_FIELD_NUMBER, level)
                .flag(Affinity.MUST_FIELD_NUMBER, must);
    }

    /** {@code os/architecture[/variant]}: nodes are told apart by the first two. */
    private static MessageWriter platform(String word) throws UsageException {
        int slash = word.indexOf('/');
        int second = slash < 0 ? -1 : word.indexOf('/', slash + 1);
        String architecture = slash < 0 ? "" : second < 0 ? word.substring(slash + 1)
                : word.substring(slash + 1, second);
        if (slash <= 0 || architecture.isEmpty()) {
            throw Arguments.invalid("platform", word, "expected os/arch, as in linux/amd64");
        }
        return new MessageWriter()
                .string(Platform.OS_FIELD_NUMBER, word.substring(0, slash))
                .string(Platform.ARCHITECTURE_FIELD_NUMBER, architecture);
    }
}
