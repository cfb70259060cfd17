package cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What {@code docs/services.md} has people type is understood. */
class ServicesPageTest {

    private static List<String> commands() throws Exception {
        List<String> lines = new ArrayList<>();
        boolean inside = false;
        String begun = "";
        for (String line : Files.readAllLines(Path.of("../docs/services.md"))) {
            if (line.startsWith("```")) {
                inside = line.equals("```sh");
            } else if (inside && line.endsWith("\\")) {
                begun += line.substring(0, line.length() - 1);
            } else if (inside) {
                lines.add(begun + line);
                begun = "";
            }
        }
        return lines;
    }

    /** Why a line is not understood; empty if it is. */
    private static String wrong(String line) {
        // What stands in $(…) is a word of its own.
        String plain = line.replaceAll("\"\\$\\([^)]*\\)\"", "NODE");
        String after = plain.substring(plain.indexOf("./jctl ") + "./jctl ".length());
        try {
            String[] words = ServiceUpdateCommand.words(after).toArray(new String[0]);
            int at = 0;
            String group = words[0];
            while (Commands.isGroup(group + " " + words[at + 1])) {
                group += " " + words[++at];
            }
            Command command = Commands.isGroup(group) ? Commands.find(group, words[++at])
                    : Commands.find(group);
            Arguments arguments = ArgumentParser.parse(command.syntax(), words, at + 1);
            if (command instanceof ServiceCreateCommand || command instanceof ServicePlanCommand) {
                ServiceRequest.whole(arguments, new TestConsole().console());
            } else if (command instanceof ServiceUpdateCommand) {
                ServiceUpdateCommand.changed(api.cluster.ServiceSpec.getDefaultInstance(), arguments,
                        new TestConsole().console());
            }
            return "";
        } catch (UsageException | java.io.IOException e) {
            return line + ": " + e.getMessage();
        }
    }

    @Test
    void everyLineIsUnderstood() throws Exception {
        List<String> lines = commands();
        assertTrue(lines.size() > 40, "the page is whole");
        List<String> mistakes = new ArrayList<>();
        for (String line : lines) {
            String wrong = wrong(line);
            if (!wrong.isEmpty()) {
                mistakes.add(wrong);
            }
        }
        assertEquals(List.of(), mistakes);
    }
}
