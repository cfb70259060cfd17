package cli.lab.plan;

import cli.render.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import overlaynet.ipam.Subnet;

/** A lab's description as JSON, and back. */
public final class LabJson {
    private LabJson() {}

    /** Indented; hosts' addresses follow from their numbers. */
    public static String write(LabDescription lab) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("name", lab.name());
        object.put("subnet", lab.subnet().toString());
        List<Object> hosts = new ArrayList<>();
        for (VirtualHost host : lab.hosts()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("number", host.number());
            one.put("powered", host.powered());
            one.put("agentOptions", new ArrayList<Object>(host.agentOptions()));
            if (!host.site().isEmpty()) {
                one.put("site", host.site());
            }
            hosts.add(one);
        }
        object.put("hosts", hosts);
        object.put("faults", new ArrayList<Object>(lab.faults().stream().map(LabJson::fault).toList()));
        return Json.indented(object) + "\n";
    }

    private static Map<String, Object> fault(Fault fault) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("from", fault.from());
        object.put("to", fault.to());
        switch (fault) {
            case Fault.Cut _ -> object.put("kind", "cut");
            case Fault.Loss loss -> {
                object.put("kind", "loss");
                object.put("perTenThousand", loss.perTenThousand());
            }
            case Fault.Latency latency -> {
                object.put("kind", "latency");
                object.put("delayNanos", latency.delayNanos());
            }
        }
        return object;
    }

    /**
     * Reads it.
     *
     * @param folder the lab's, in which the file lay
     * @throws LabRefusal if the text is no such description, naming what is wrong
     */
    public static LabDescription read(String text, Path folder) throws LabRefusal {
        try {
            Map<?, ?> object = object(Json.parse(text));
            String name = text(object, "name");
            if (!folder.endsWith(name)) {
                throw new IllegalArgumentException("it is called " + name);
            }
            Subnet subnet = Subnet.parse(text(object, "subnet"));
            List<VirtualHost> hosts = new ArrayList<>();
            for (Object each : list(object, "hosts")) {
                Map<?, ?> one = object(each);
                int number = number(one, "number");
                List<String> options = new ArrayList<>();
                list(one, "agentOptions").forEach(option -> options.add((String) option));
                hosts.add(new VirtualHost(number, subnet.at(number), options,
                        Boolean.TRUE.equals(one.get("powered")), one.containsKey("site") ? text(one, "site") : ""));
            }
            LabDescription lab = new LabDescription(LabNames.check(name), folder, subnet, hosts, List.of());
            List<Fault> faults = new ArrayList<>();
            for (Object each : list(object, "faults")) {
                faults.add(fault(object(each), lab));
            }
            return lab.withFaults(faults);
        } catch (IllegalArgumentException | ClassCastException wrong) {
            throw new LabRefusal(folder.resolve(LabDescription.FILE) + " does not describe a lab ("
                    + wrong.getMessage() + "): `jctl lab cluster rm` takes away what there is");
        }
    }

    private static Fault fault(Map<?, ?> object, LabDescription lab) {
        int from = lab.host(number(object, "from")).number();
        int to = lab.host(number(object, "to")).number();
        String kind = text(object, "kind");
        return switch (kind) {
            case "cut" -> new Fault.Cut(from, to);
            case "loss" -> new Fault.Loss(from, to, number(object, "perTenThousand"));
            case "latency" -> new Fault.Latency(from, to, longNumber(object, "delayNanos"));
            default -> throw new IllegalArgumentException("a fault of the kind " + kind);
        };
    }

    private static Map<?, ?> object(Object value) {
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        throw new IllegalArgumentException("expected an object, not " + value);
    }

    private static List<?> list(Map<?, ?> object, String field) {
        if (object.get(field) instanceof List<?> list) {
            return list;
        }
        throw new IllegalArgumentException("no list \"" + field + "\"");
    }

    private static String text(Map<?, ?> object, String field) {
        if (object.get(field) instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException("no text \"" + field + "\"");
    }

    private static int number(Map<?, ?> object, String field) {
        long number = longNumber(object, field);
        if (number != (int) number) {
            throw new IllegalArgumentException("the number \"" + field + "\" is out of range");
        }
        return (int) number;
    }

    private static long longNumber(Map<?, ?> object, String field) {
        if (object.get(field) instanceof Long number) {
            return number;
        }
        throw new IllegalArgumentException("no number \"" + field + "\"");
    }
}
