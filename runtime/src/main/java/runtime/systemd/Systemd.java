package runtime.systemd;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The manager of a host's or a user's units ({@code org.freedesktop.systemd1(5)}). Used by one thread. */
public final class Systemd implements AutoCloseable {
    private static final String NAME = "org.freedesktop.systemd1";
    private static final String PATH = "/org/freedesktop/systemd1";
    private static final String MANAGER = NAME + ".Manager";
    private static final String NO_SUCH_UNIT = NAME + ".NoSuchUnit";

    private final BusConnection bus;

    /** @param bus closed with this */
    public Systemd(BusConnection bus) {
        this.bus = bus;
    }

    /**
     * Makes a scope of a process, and returns when the process is in it. What lies below the scope's
     * cgroup is the caller's own ({@code Delegate=}).
     *
     * @param more further properties, or others for those set here
     * @throws IOException if there is one of the name, or systemd refuses it
     */
    public void startScope(ScopeName name, String description, int pid, Map<String, BusValue> more)
            throws IOException {
        Map<String, BusValue> properties = new LinkedHashMap<>();
        properties.put("Description", new BusValue.Text(description));
        properties.put("Slice", new BusValue.Text(name.slice()));
        properties.put("PIDs", new BusValue.Numbers(List.of(pid)));
        properties.put("Delegate", new BusValue.Truth(true));
        properties.put("DefaultDependencies", new BusValue.Truth(false));
        for (String controller : List.of("CPU", "Memory", "IO", "Tasks")) {
            properties.put(controller + "Accounting", new BusValue.Truth(true));
        }
        // Limits are set below; systemd's own default would be a second one.
        properties.put("TasksMax", new BusValue.Unsigned64(-1));
        properties.put("CollectMode", new BusValue.Text("inactive-or-failed"));
        properties.putAll(more);
        listen();
        BusWriter body = new BusWriter().text(name.unit()).text("replace").properties(properties).u32(0);
        await(call("StartTransientUnit", "ssa(sv)a(sa(sv))", body.align(Long.BYTES)), name.unit());
    }

    /** Ends a scope, and whatever is in it; one that is gone is no error. */
    public void stop(String unit) throws IOException {
        listen();
        try {
            await(call("StopUnit", "ss", new BusWriter().text(unit).text("replace")), unit);
        } catch (BusException gone) {
            if (!gone.name().equals(NO_SUCH_UNIT)) {
                throw gone;
            }
        }
    }

    private void listen() throws IOException {
        bus.match(NAME, "type='signal',sender='" + NAME + "',interface='" + MANAGER
                + "',member='JobRemoved',path='" + PATH + "'");
        call("Subscribe", "", new BusWriter());
    }

    private BusMessage call(String member, String signature, BusWriter body) throws IOException {
        return bus.call(NAME, PATH, MANAGER, member, signature, body);
    }

    private void await(BusMessage answer, String unit) throws IOException {
        String job = answer.texts().getFirst();
        List<String> removed = bus.await(message ->
                message.field(BusMessage.MEMBER).equals("JobRemoved") && isOf(job, message)).texts();
        String result = removed.getLast();
        if (!result.equals("done")) {
            throw new IOException("systemd's job for " + unit + " ended with \"" + result
                    + "\"; systemctl status " + unit + " may say why");
        }
    }

    private static boolean isOf(String job, BusMessage message) {
        try {
            List<String> texts = message.texts();
            return texts.size() == 4 && texts.get(1).equals(job);
        } catch (IOException malformed) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        bus.close();
    }
}
