package cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** {@code docs/FROM-DOCKER.md} says of every command and flag of docker's what jctl has, and it is true. */
class FromDockerTest {
    private static final Pattern SECTION = Pattern.compile("## `([a-z -]+)`");
    private static final Pattern FLAG = Pattern.compile("`--([a-z0-9-]+)`");
    private static final Pattern ENTRY =
            Pattern.compile("- `--([a-z0-9-]+)`: (different|absent): .+");

    /** What the page says of one command. */
    private static final class Section {
        private final TreeSet<String> same = new TreeSet<>();
        private final TreeMap<String, String> others = new TreeMap<>();
        private boolean absent;
    }

    private static Map<String, TreeSet<String>> docker() throws IOException {
        Map<String, TreeSet<String>> commands = new LinkedHashMap<>();
        try (InputStream file = FromDockerTest.class.getResourceAsStream("docker-commands.txt")) {
            for (String line : new String(file.readAllBytes(), StandardCharsets.UTF_8).lines()
                    .toList()) {
                int flag = line.indexOf(" --");
                TreeSet<String> flags = commands.computeIfAbsent(
                        flag < 0 ? line : line.substring(0, flag), name -> new TreeSet<>());
                if (flag >= 0) {
                    flags.add(line.substring(flag + 3));
                }
            }
        }
        return commands;
    }

    private static Map<String, Section> page() throws IOException {
        Map<String, Section> sections = new TreeMap<>();
        Section section = new Section();
        for (String line : Files.readAllLines(Path.of("../docs/FROM-DOCKER.md"))) {
            Matcher heading = SECTION.matcher(line);
            Matcher entry = ENTRY.matcher(line);
            if (heading.matches()) {
                section = new Section();
                sections.put(heading.group(1), section);
            } else if (line.startsWith("Absent: ")) {
                section.absent = true;
            } else if (entry.matches()) {
                section.others.put(entry.group(1), entry.group(2));
            } else if (line.startsWith("Same: ") || line.startsWith("`--")) {
                Matcher flags = FLAG.matcher(line);
                while (flags.find()) {
                    section.same.add(flags.group(1));
                }
            }
        }
        return sections;
    }

    private static Command command(String name) {
        String[] words = name.split(" ");
        if (words.length == 1) {
            return Commands.find(name);
        }
        return Commands.isGroup(words[0]) ? Commands.find(words[0], words[1]) : null;
    }

    private static TreeSet<String> ours(Command command) {
        TreeSet<String> flags = new TreeSet<>();
        command.syntax().options().forEach(option -> flags.add(option.name()));
        return flags;
    }

    @Test
    void everyCommandAndFlagOfDockersIsThere() throws IOException {
        Map<String, Section> page = page();
        List<String> missing = new ArrayList<>();
        docker().forEach((name, flags) -> {
            Section section = page.get(name);
            if (section == null) {
                missing.add("## `" + name + "`");
            } else if (!section.absent) {
                TreeSet<String> unsaid = new TreeSet<>(flags);
                unsaid.removeAll(section.same);
                unsaid.removeAll(section.others.keySet());
                unsaid.forEach(flag -> missing.add(name + " --" + flag));
            }
        });
        assertEquals(List.of(), missing);
    }

    @Test
    void whatThePageSaysIsSo() throws IOException {
        Map<String, TreeSet<String>> docker = docker();
        List<String> wrong = new ArrayList<>();
        page().forEach((name, section) -> {
            Command command = command(name);
            if (section.absent != (command == null)) {
                wrong.add(name + (section.absent ? " is there" : " is not there"));
            }
            if (command == null) {
                return;
            }
            TreeSet<String> ours = ours(command);
            for (String flag : section.same) {
                if (!ours.contains(flag)) {
                    wrong.add(name + " has no --" + flag);
                }
            }
            section.others.forEach((flag, how) -> {
                if (how.equals("absent") && ours.contains(flag)) {
                    wrong.add(name + " has --" + flag);
                }
                if (section.same.contains(flag)) {
                    wrong.add(name + " --" + flag + " stands twice");
                }
            });
            if (!docker.containsKey(name)) {
                wrong.add(name + " is no command of docker's");
            }
        });
        assertEquals(List.of(), wrong);
        assertTrue(docker.size() > 60, "the list is whole");
    }
}
