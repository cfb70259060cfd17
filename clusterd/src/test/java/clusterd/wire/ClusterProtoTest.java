package clusterd.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clusterd.model.Decision;
import clusterd.model.Node;
import clusterd.model.Project;
import clusterd.model.Service;
import clusterd.model.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The API declares, by hand and with comments, the messages that records are written as. */
class ClusterProtoTest {
    private static final Path PROTO = Path.of("../api/src/main/protobuf/cluster.proto");
    private static final Pattern OPEN = Pattern.compile("(message|enum) (\\w+) \\{(\\})?");
    private static final Pattern FIELD = Pattern.compile("((?:optional |repeated )?[\\w.<>, ]+?) (\\w+) = (\\d+);");
    private static final Pattern CONSTANT = Pattern.compile("([A-Z_]+) = (\\d+);");

    /** From the name of a message, without dots, to its fields; of an enum its constants in one field. */
    private static Map<String, List<String>> declared(String text) {
        Map<String, List<String>> declared = new TreeMap<>();
        Deque<String> within = new ArrayDeque<>();
        for (String raw : text.lines().map(String::strip).filter(each -> !each.startsWith("//")).toList()) {
            Matcher open = OPEN.matcher(raw);
            Matcher field = FIELD.matcher(raw);
            Matcher constant = CONSTANT.matcher(raw);
            if (open.matches()) {
                String name = within.isEmpty() ? open.group(2) : within.peek() + open.group(2);
                declared.put(name, new ArrayList<>());
                if (open.group(3) == null) {
                    within.push(name);
                }
            } else if (raw.startsWith("oneof ")) {
                within.push(within.peek());
            } else if (raw.equals("}") && !within.isEmpty()) {
                within.pop();
            } else if (constant.matches()) {
                declared.get(within.peek()).add(constant.group(2));
            } else if (field.matches() && !within.isEmpty()) {
                declared.get(within.peek()).add(field.group(1) + " " + field.group(2) + " " + field.group(3));
            }
        }
        return declared;
    }

    /** In another message the enclosing one's name may be left out. */
    private static String plain(String field, String message) {
        return field.replaceFirst("^((?:optional |repeated )?)" + message, "$1")
                .replace("jctl.node.v1.CreateContainerRequest options", "bytes options").replace("ModeJob job", "Job job");
    }

    @Test
    void theApiDeclaresWhatRecordsAreWrittenAs() throws IOException {
        Map<String, List<String>> api = declared(Files.readString(PROTO));
        StringBuilder schema = new StringBuilder();
        for (Class<?> each : List.of(Service.class, Task.class, Node.class, Decision.class, Project.class)) {
            schema.append(RecordCodec.of(each).schema()).append('\n');
        }
        int messages = 0;
        for (Map.Entry<String, List<String>> each : declared(schema.toString()).entrySet()) {
            String name = each.getKey();
            assertTrue(api.containsKey(name), name + " is not declared");
            assertEquals(each.getValue().stream().map(field -> plain(field, name)).map(ClusterProtoTest::mode)
                    .toList(), api.get(name).stream().map(field -> plain(field, name))
                    .map(ClusterProtoTest::mode).toList(), name);
            messages++;
        }
        Matcher enums = Pattern.compile("enum (\\w+) \\{ (.*) \\}").matcher(schema);
        while (enums.find()) {
            assertEquals(enums.group(2).split(", ").length, api.get(enums.group(1)).size(), enums.group(1));
            messages++;
        }
        assertTrue(messages > 25, messages + " were compared");
    }

    /** Within a choice a type is named as the field is. */
    private static String mode(String field) {
        String[] words = field.split(" ");
        return words.length == 3 && words[0].toLowerCase(Locale.ROOT).endsWith(words[1])
                ? words[1] + " " + words[2] : field;
    }
}
