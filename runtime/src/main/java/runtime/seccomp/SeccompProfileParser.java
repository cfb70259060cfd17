package runtime.seccomp;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import linux.abi.Capability;
import linux.proc.KernelVersion;
import runtime.seccomp.SeccompProfile.Condition;
import runtime.seccomp.SeccompProfile.ConditionalRule;
import runtime.spec.Fields;
import runtime.spec.JsonText;
import runtime.spec.Problem;
import runtime.spec.Seccomp.Rule;
import runtime.spec.SeccompParser;
import runtime.spec.SpecException;

/**
 * Reads a profile file as {@code --security-opt seccomp=FILE} names it: docker's JSON, of which the
 * OCI's {@code linux.seccomp} is a part. Unknown fields are ignored.
 */
public final class SeccompProfileParser {
    private SeccompProfileParser() {}

    /**
     * The profile a JSON text describes.
     *
     * @throws SeccompException with every problem of the text
     */
    public static SeccompProfile parse(String json) throws SeccompException {
        List<Problem> problems = new ArrayList<>();
        try {
            SeccompProfile profile = profile(new Fields(JsonText.parseObject(json), problems));
            if (!problems.isEmpty()) {
                throw new SpecException(problems);
            }
            return profile;
        } catch (SpecException e) {
            throw new SeccompException("the seccomp profile cannot be read:\n" + e.getMessage(), e);
        }
    }

    private static SeccompProfile profile(Fields fields) {
        if (fields.has("listenerPath")) {
            fields.problem("listenerPath", "belongs into a container's config.json; remove it");
        }
        return new SeccompProfile(
                SeccompParser.action(fields, "defaultAction"),
                fields.optionalInt("defaultErrnoRet", 0, 4095),
                fields.texts("flags"),
                fields.objects("syscalls", SeccompProfileParser::rule));
    }

    private static ConditionalRule rule(Fields fields) {
        Rule rule = SeccompParser.rule(fields);
        Optional<String> name = fields.optionalText("name");
        if (name.isPresent()) {
            // docker's profiles before 2016 have one name per rule
            List<String> names = new ArrayList<>(rule.names());
            names.add(name.get());
            rule = new Rule(names, rule.action(), rule.errno(), rule.arguments());
        }
        if (rule.names().isEmpty()) {
            fields.problem("names", "is missing; a list of system calls is required");
        }
        return new ConditionalRule(
                rule,
                fields.optionalText("comment").orElse(""),
                condition(fields.objectOrEmpty("includes")),
                condition(fields.objectOrEmpty("excludes")));
    }

    private static Condition condition(Fields fields) {
        Set<Capability> capabilities = EnumSet.noneOf(Capability.class);
        for (String text : fields.texts("caps")) {
            Capability.named(text).ifPresentOrElse(capabilities::add, () -> fields.problem("caps",
                    "unknown capability \"" + text + "\"; capabilities(7) lists them"));
        }
        Optional<String> minKernel = fields.optionalText("minKernel");
        Optional<KernelVersion> version = minKernel.flatMap(KernelVersion::parse);
        if (minKernel.isPresent() && version.isEmpty()) {
            fields.problem("minKernel", "must be like 4.8, not \"" + minKernel.get() + "\"");
        }
        return new Condition(capabilities, new HashSet<>(fields.texts("arches")), version);
    }
}
