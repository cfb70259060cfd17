package cli.command;

import api.node.Event;
import api.node.EventsReply;
import api.node.EventsRequest;
import api.node.Filter;
import cli.render.Json;
import cli.render.Template;
import cli.render.TemplateException;
import cli.render.Times;
import cli.render.Yaml;
import cli.transport.Call;
import cli.transport.CallException;
import cli.wire.MalformedMessageException;
import cli.wire.MessageReader;
import cli.wire.MessageWriter;
import java.io.IOException;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** Shows what happens, as it happens. */
final class EventsCommand implements Command {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final String name;

    EventsCommand(String name) {
        this.name = name;
    }

    @Override
    public Syntax syntax() {
        return new Syntax(name, "Show what happens to containers, images, networks and volumes,"
                        + " and at a manager to services, tasks, nodes, secrets and configs")
                .value('f', "filter", "filter", "Filter by condition: type=container, event=die,"
                        + " scope=local, scope=swarm, container=web, image=…, label=…, network=…, volume=…, service=…, node=…")
                .value("since", "string", "Show what happened since a time or a span before now (10m)")
                .value("until", "string", "End at a time; a span is one before now (10m)")
                .value("format", "string", "\"json\", or a template like {{.Action}}")
                .value('o', "output", "string", "\"json\" (a line for each event) or \"yaml\"");
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        MessageWriter request = new MessageWriter()
                .number(EventsRequest.SINCE_UNIX_NANOS_FIELD_NUMBER,
                        LogsCommand.time(arguments, "since"))
                .number(EventsRequest.UNTIL_UNIX_NANOS_FIELD_NUMBER,
                        LogsCommand.time(arguments, "until"));
        for (String filter : arguments.values("filter")) {
            String[] pair = KeyValue.split("filter", filter);
            request.message(EventsRequest.FILTERS_FIELD_NUMBER, new MessageWriter()
                    .string(Filter.KEY_FIELD_NUMBER, pair[0])
                    .string(Filter.VALUE_FIELD_NUMBER, pair[1]));
        }
        Form form = Form.of(arguments);
        try (NodeClient client = NodeClient.connect(console); Call call = client.open("Events")) {
            call.sendLast(request.toByteArray());
            for (byte[] reply = call.receive(); reply != null; reply = call.receive()) {
                print(new MessageReader(reply), form, console);
            }
        }
        return 0;
    }

    private static void print(MessageReader reply, Form form, Console console)
            throws UsageException, IOException {
        while (reply.next()) {
            if (reply.field() == EventsReply.EVENT_FIELD_NUMBER) {
                console.print(form.text(Happening.read(reply.message())));
            } else if (reply.field() == EventsReply.NOTICE_FIELD_NUMBER) {
                console.say("jctl: " + reply.string());
            }
        }
    }

    /** How an event is printed. */
    private record Form(String kind, Template template) {

        static Form of(Arguments arguments) throws UsageException {
            String output = arguments.value("output");
            String format = arguments.value("format");
            if (output.equals("json") || format.equals("json")) {
                return new Form("json", null);
            }
            if (output.equals("yaml")) {
                return new Form("yaml", null);
            }
            if (!output.isEmpty()) {
                throw Arguments.invalid("output", output, "expected json or yaml");
            }
            try {
                return new Form("", format.isEmpty() ? null : Template.parse(format));
            } catch (TemplateException e) {
                throw new UsageException(e.getMessage());
            }
        }

        String text(Happening event) throws UsageException {
            if (kind.equals("json")) {
                return Json.compact(event.json()) + "\n";
            }
            if (kind.equals("yaml")) {
                return "---\n" + Yaml.text(event.json());
            }
            try {
                return template == null ? event.line() : template.apply(event.fields()) + "\n";
            } catch (TemplateException e) {
                throw new UsageException(e.getMessage());
            }
        }
    }

    /** An event, with docker's names. */
    private static final class Happening {
        private long unixNanos;
        private String type = "";
        private String action = "";
        private String id = "";
        private String scope = "local";
        private final TreeMap<String, Object> attributes = new TreeMap<>();

        static Happening read(MessageReader message) throws MalformedMessageException {
            Happening event = new Happening();
            while (message.next()) {
                switch (message.field()) {
                    case Event.UNIX_NANOS_FIELD_NUMBER -> event.unixNanos = message.number();
                    case Event.TYPE_FIELD_NUMBER -> event.type = message.string();
                    case Event.ACTION_FIELD_NUMBER -> event.action = message.string();
                    case Event.ID_FIELD_NUMBER -> event.id = message.string();
                    case Event.SCOPE_FIELD_NUMBER -> event.scope = message.string();
                    case Event.ATTRIBUTES_FIELD_NUMBER -> event.attribute(message.message());
                    default -> { }
                }
            }
            return event;
        }

        private void attribute(MessageReader entry) throws MalformedMessageException {
            String key = "";
            String value = "";
            while (entry.next()) {
                if (entry.field() == 1) {
                    key = entry.string();
                } else if (entry.field() == 2) {
                    value = entry.string();
                }
            }
            attributes.put(key, value);
        }

        /** {@code TIME TYPE ACTION ID (name=value, …)}. */
        String line() {
            StringBuilder line = new StringBuilder()
                    .append(Times.stamp(unixNanos, ZoneId.systemDefault())).append(' ')
                    .append(type).append(' ').append(action).append(' ').append(id);
            String before = " (";
            for (Map.Entry<String, Object> attribute : attributes.entrySet()) {
                line.append(before).append(attribute.getKey()).append('=')
                        .append(attribute.getValue());
                before = ", ";
            }
            return Printable.text(line.append(attributes.isEmpty() ? "" : ")").toString()) + "\n";
        }

        private Map<String, Object> actor(String idKey, String attributesKey) {
            Map<String, Object> actor = new LinkedHashMap<>();
            actor.put(idKey, id);
            actor.put(attributesKey, attributes);
            return actor;
        }

        private String from() {
            return switch (type) {
                case "container" -> attributes.getOrDefault("image", "").toString();
                default -> "";
            };
        }

        Map<String, Object> json() {
            Map<String, Object> json = new LinkedHashMap<>();
            boolean old = type.equals("container") || type.equals("image");
            if (old) {
                json.put("status", action);
                json.put("id", id);
            }
            if (!from().isEmpty()) {
                json.put("from", from());
            }
            json.put("Type", type);
            json.put("Action", action);
            json.put("Actor", actor("ID", "Attributes"));
            json.put("scope", scope);
            json.put("time", unixNanos / NANOS_PER_SECOND);
            json.put("timeNano", unixNanos);
            return json;
        }

        /** As a template names them. */
        Map<String, Object> fields() {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("Status", action);
            fields.put("ID", id);
            fields.put("From", from());
            fields.put("Type", type);
            fields.put("Action", action);
            fields.put("Actor", actor("ID", "Attributes"));
            fields.put("Scope", scope);
            fields.put("Time", unixNanos / NANOS_PER_SECOND);
            fields.put("TimeNano", unixNanos);
            return fields;
        }
    }
}
