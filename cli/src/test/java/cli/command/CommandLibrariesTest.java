package cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What a command's class path leaves out is nothing that a command can come to. */
class CommandLibrariesTest {
    /** Where agent, doctor, explain, lab and sriov-plugin go on, which {@code ./jctl} starts with all libraries. */
    private static final Set<String> WITH_ALL =
            Set.of("cli/command/AgentProcess", "cli/command/FunctionPluginCommand", "cli/command/AgentTraces", "cli/command/ExampleNetwork",
                    "cli/lab/LabBridge", "cli/lab/LabExecutor",
                    "linux/syscall/PosixHost", "runtime/node/Explanation");
    private static final String ROOT = "cli/command/Jctl";

    @Test
    void commandsNeedTheLibrariesOfTheirJarAndNoOthers() throws IOException {
        List<String> given = Files.readAllLines(Path.of("..", "tools", "command-libraries")).stream()
                .filter(line -> !line.startsWith("#")).toList();
        Map<String, String> from = new HashMap<>(Map.of(ROOT, ""));
        Set<String> needed = new TreeSet<>();
        Deque<String> next = new ArrayDeque<>(List.of(ROOT));
        while (!next.isEmpty()) {
            String one = next.remove();
            for (String each : named(one)) {
                URL place = CommandLibrariesTest.class.getClassLoader().getResource(each + ".class");
                if (WITH_ALL.contains(each) || place == null || place.getProtocol().equals("jrt")
                        || from.putIfAbsent(each, one) != null) {
                    continue;
                }
                if (isOurs(place)) {
                    next.add(each);
                } else if (given.stream().noneMatch(name -> place.getPath().contains("/" + name + "-"))) {
                    needed.add(way(each, from));
                }
            }
        }
        assertTrue(from.containsKey("cli/command/RunCommand"), "the way leads to the commands");
        assertEquals(Set.of(), needed);
    }

    /** Of a module of this project, built or packed. */
    private static boolean isOurs(URL place) {
        return place.getProtocol().equals("file") || place.getPath().contains("/target/");
    }

    private static String way(String name, Map<String, String> from) {
        StringBuilder way = new StringBuilder(name);
        for (String each = from.get(name); !each.isEmpty(); each = from.get(each)) {
            way.append(" of ").append(each);
        }
        return way.toString();
    }

    /** Those that the class names; none of a class that is not there. */
    private static List<String> named(String name) throws IOException {
        try (InputStream in = CommandLibrariesTest.class.getClassLoader().getResourceAsStream(name + ".class")) {
            List<String> named = new ArrayList<>();
            if (in == null) {
                return named;
            }
            for (PoolEntry entry : ClassFile.of().parse(in.readAllBytes()).constantPool()) {
                if (entry instanceof ClassEntry other && !other.asInternalName().startsWith("[")) {
                    named.add(other.asInternalName());
                }
            }
            return named;
        }
    }
}
