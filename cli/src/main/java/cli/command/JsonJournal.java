package cli.command;

import cli.render.Json;
import java.io.PrintStream;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import runtime.container.Journal;

/**
 * The agent's journal as JSON, an object for each line: {@code time}, {@code component}, {@code pid},
 * {@code msg}.
 *
 * @param out where it goes
 */
record JsonJournal(PrintStream out) implements Journal {

    @Override
    public void say(String line) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("time", Instant.now().toString());
        object.put("component", "agent");
        object.put("pid", ProcessHandle.current().pid());
        object.put("msg", line);
        out.println(Json.compact(object));
    }
}
