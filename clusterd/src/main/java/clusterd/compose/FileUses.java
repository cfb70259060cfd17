package clusterd.compose;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Secrets and configurations of a service, in both syntaxes. */
final class FileUses {
    private static final int STANDARD_MODE = 0444;

    private FileUses() {
    }

    static List<FileUse> read(Section service, String key, String folder, Set<String> known) {
        List<FileUse> uses = new ArrayList<>();
        Set<String> targets = new HashSet<>();
        for (Value each : service.list(key)) {
            FileUse use = each.isWord() ? new FileUse(each.text(), folder + each.text(), 0, 0, STANDARD_MODE)
                    : longForm(each.section(), folder);
            if (use.source().isEmpty()) {
                continue;
            }
            if (!known.contains(use.source())) {
                each.error(Problems.quote(use.source()) + " is not among the " + key + " of the file"
                        + NearestName.hint(use.source(), known));
            }
            if (List.of(use.target().split("/")).stream().anyMatch(part -> part.equals(".") || part.equals(".."))
                    || use.target().endsWith("/")) {
                each.error("expected a file's path without . and .., found " + Problems.quote(use.target()));
            }
            if (!targets.add(use.target())) {
                each.error("there is another one at " + use.target());
            }
            uses.add(use);
        }
        return uses;
    }

    private static FileUse longForm(Section section, String folder) {
        String source = section.required("source").map(Value::text).orElse("");
        String target = section.get("target").map(Value::text).orElse(source);
        return new FileUse(source, target.startsWith("/") ? target : folder + target, owner(section, "uid"),
                owner(section, "gid"), section.get("mode").map(Value::mode).orElse(STANDARD_MODE));
    }

    private static int owner(Section section, String key) {
        return section.get(key).map(value -> value.whole(0, Integer.MAX_VALUE)).orElse(0);
    }
}
