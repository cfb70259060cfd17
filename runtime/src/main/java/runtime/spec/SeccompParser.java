package runtime.spec;

import java.util.Optional;
import runtime.spec.Seccomp.Action;
import runtime.spec.Seccomp.Argument;
import runtime.spec.Seccomp.Operator;
import runtime.spec.Seccomp.Rule;

/** Reads {@code linux.seccomp} of a config.json, and the parts docker's profiles share with it. */
public final class SeccompParser {
    private SeccompParser() {}

    static Seccomp seccomp(Fields fields) {
        return new Seccomp(
                action(fields, "defaultAction"),
                fields.optionalInt("defaultErrnoRet", 0, 4095),
                fields.texts("architectures"),
                fields.texts("flags"),
                fields.optionalText("listenerPath"),
                fields.optionalText("listenerMetadata"),
                fields.objects("syscalls", SeccompParser::rule));
    }

    /** The action a field names; KILL_PROCESS stands in for one that is missing or unknown. */
    public static Action action(Fields fields, String name) {
        String text = fields.text(name);
        Optional<Action> action = Action.named(text);
        if (action.isEmpty() && !text.isEmpty()) {
            fields.problem(name, "unknown action \"" + text + "\"; SCMP_ACT_ALLOW, _ERRNO, _KILL,"
                    + " _KILL_PROCESS, _KILL_THREAD, _LOG, _NOTIFY, _TRACE and _TRAP are known");
        }
        return action.orElse(Action.KILL_PROCESS);
    }

    /** One element of {@code syscalls}. */
    public static Rule rule(Fields fields) {
        return new Rule(
                fields.texts("names"),
                action(fields, "action"),
                fields.optionalInt("errnoRet", 0, 4095),
                fields.objects("args", SeccompParser::argument));
    }

    private static Argument argument(Fields fields) {
        String text = fields.text("op");
        Optional<Operator> operator = Operator.named(text);
        if (operator.isEmpty() && !text.isEmpty()) {
            fields.problem("op", "unknown comparison \"" + text + "\"; SCMP_CMP_NE, _LT, _LE, _EQ,"
                    + " _GE, _GT and _MASKED_EQ are known");
        }
        return new Argument(
                fields.optionalInt("index", 0, 5).orElse(0),
                operator.orElse(Operator.EQUAL),
                fields.unsigned("value"),
                fields.optionalUnsigned("valueTwo").orElse(0));
    }
}
