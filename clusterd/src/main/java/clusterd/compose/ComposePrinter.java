package clusterd.compose;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.schema.CoreSchema;
import overlaynet.policy.Rule;

/** A project as a Compose file that says the same, with nothing left to replace, merge or shorten. */
public final class ComposePrinter {
    private static final int WIDTH = 10_000;

    private ComposePrinter() {
    }

    /** YAML that {@link ComposeReader} reads as the same project, given its profiles and variables of secrets. */
    public static String print(ComposeProject project) {
        Fields all = new Fields();
        all.put("name", project.name());
        Map<String, Object> services = new LinkedHashMap<>();
        project.services().forEach((name, service) -> services.put(name, new ServicePrinter(service).print()));
        all.put("services", services);
        all.put("networks", each(project.networks(), ComposePrinter::network));
        all.put("volumes", each(project.volumes(), ComposePrinter::volume));
        all.put("secrets", each(project.secrets(), ComposePrinter::file));
        all.put("configs", each(project.configs(), ComposePrinter::file));
        DumpSettings settings = DumpSettings.builder().setDefaultFlowStyle(FlowStyle.BLOCK).setWidth(WIDTH)
                .setSchema(new CoreSchema()).setDereferenceAliases(true).setMaxSimpleKeyLength(1000).build();
        return new Dump(settings).dumpToString(all.map());
    }

    /** What is to be said; nothing is said of what is empty. */
    static final class Fields {
        private final Map<String, Object> map = new LinkedHashMap<>();

        /** A text, with its dollar signs doubled; a list, a map, a number. */
        Fields put(String key, Object value) {
            Object plain = plain(value);
            boolean empty = plain.equals("") || plain instanceof List<?> list && list.isEmpty()
                    || plain instanceof Map<?, ?> inner && inner.isEmpty() || plain.equals(false)
                    || plain.equals(0) || plain.equals(0L);
            if (!empty) {
                map.put(key, plain);
            }
            return this;
        }

        /** The same, also if it is empty. */
        Fields say(String key, Object value) {
            map.put(key, plain(value));
            return this;
        }

        private static Object plain(Object value) {
            return switch (value) {
                case String text -> text.replace("$", "$$");
                case List<?> list -> list.stream().map(Fields::plain).toList();
                case SortedMap<?, ?> texts -> {
                    Map<Object, Object> escaped = new LinkedHashMap<>();
                    texts.forEach((name, text) -> escaped.put(name, plain(text)));
                    yield escaped;
                }
                case Fields fields -> fields.map;
                default -> value;
            };
        }

        Map<String, Object> map() {
            return map;
        }
    }

    private interface Printing<T> {
        Fields print(T value);
    }

    private static <T> Map<String, Object> each(SortedMap<String, T> named, Printing<T> printing) {
        Map<String, Object> all = new LinkedHashMap<>();
        named.forEach((name, value) -> all.put(name, printing.print(value).map()));
        return all;
    }

    private static Fields network(ComposeNetwork network) {
        List<Fields> pools = network.pools().stream().map(pool -> new Fields().put("subnet", pool.subnet())
                .put("ip_range", pool.range()).put("gateway", pool.gateway())).toList();
        return new Fields().put("name", network.name()).put("external", network.external())
                .put("driver", network.driver()).put("driver_opts", network.options())
                .put("internal", network.internal()).put("attachable", network.attachable())
                .put("enable_ipv6", network.ipv6())
                .put("ipam", new Fields().put("config", pools)).put("labels", network.labels())
                .put("x-jctl", new Fields().put("default_deny", network.policy().closed())
                        .put("rules", network.policy().rules().stream().map(Rule::toString).toList()));
    }

    private static Fields volume(ComposeVolume volume) {
        return new Fields().put("name", volume.name()).put("external", volume.external())
                .put("labels", volume.labels());
    }

    private static Fields file(ComposeFile file) {
        Fields fields = new Fields().put("name", file.name());
        switch (file.source()) {
            case ComposeFile.FromFile source -> fields.say("file", source.path());
            case ComposeFile.FromEnvironment source -> fields.say("environment", source.variable());
            case ComposeFile.Inline source -> fields.say("content", source.content());
            case ComposeFile.External source -> fields.put("external", true);
        }
        return fields.put("labels", file.labels());
    }
}
