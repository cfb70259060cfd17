package sriov.grant;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import sriov.inventory.PciAddress;
import sriov.pool.Mode;

/** A grant as JSON, for a person to read as well. Fields that are not known are of a later version, whose word counts for what it says besides. */
public final class GrantText {
    private static final ObjectMapper JSON = JsonMapper.builder().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

    private GrantText() { }

    /** All of it. */
    public static String write(Grant grant) {
        ObjectNode node = JSON.createObjectNode();
        node.put("function", grant.function().toString()).put("owner", grant.owner()).put("fence", grant.fence())
                .put("sinceMillis", grant.sinceMillis()).put("ready", grant.ready());
        wish(node.putObject("wish"), grant.wish());
        before(node.putObject("before"), grant.before());
        return node.toPrettyString() + "\n";
    }

    private static void wish(ObjectNode node, Wish wish) {
        node.put("mode", wish.mode().name());
        wish.address().ifPresent(address -> node.put("address", address));
        wish.vlan().ifPresent(vlan -> vlan(node.putObject("vlan"), vlan));
        wish.leastMegabit().ifPresent(rate -> node.put("leastMegabit", rate));
        wish.mostMegabit().ifPresent(rate -> node.put("mostMegabit", rate));
        wish.spoofCheck().ifPresent(on -> node.put("spoofCheck", on));
        wish.trusted().ifPresent(on -> node.put("trusted", on));
        wish.link().ifPresent(state -> node.put("link", state.name()));
        wish.mtuBytes().ifPresent(bytes -> node.put("mtuBytes", bytes));
    }

    private static void vlan(ObjectNode node, PortState.Vlan vlan) {
        node.put("id", vlan.id()).put("priority", vlan.priority()).put("service", vlan.service());
    }

    private static void before(ObjectNode node, FunctionState before) {
        before.driver().ifPresent(driver -> node.put("driver", driver));
        before.override().ifPresent(driver -> node.put("override", driver));
        before.netdev().ifPresent(netdev -> {
            ObjectNode device = node.putObject("netdev").put("name", netdev.name()).put("address", netdev.address()).put("mtuBytes", netdev.mtuBytes())
                    .put("up", netdev.up()).put("promiscuous", netdev.promiscuous());
            ArrayNode names = device.putArray("altNames");
            netdev.altNames().forEach(names::add);
        });
        before.port().ifPresent(port -> {
            ObjectNode told = node.putObject("port").put("address", port.address()).put("leastMegabit", port.leastMegabit())
                    .put("mostMegabit", port.mostMegabit());
            vlan(told.putObject("vlan"), port.vlan());
            port.spoofCheck().ifPresent(on -> told.put("spoofCheck", on));
            port.trusted().ifPresent(on -> told.put("trusted", on));
            port.link().ifPresent(state -> told.put("link", state.name()));
        });
    }

    /**
     * What {@link #write} wrote.
     *
     * @throws MalformedGrantException if it is anything else, as after a disk's failure
     */
    public static Grant read(String text) throws MalformedGrantException {
        JsonNode node;
        try {
            node = JSON.readTree(text);
        } catch (JsonProcessingException malformed) {
            throw new MalformedGrantException("it is no JSON: " + malformed.getOriginalMessage());
        }
        Reader whole = new Reader(node, "");
        Reader wish = whole.section("wish");
        Reader before = whole.section("before");
        String address = whole.text("function");
        return new Grant(PciAddress.parse(address).orElseThrow(() -> new MalformedGrantException("function: " + address + " is no PCI address")),
                whole.text("owner"), whole.number("fence"), new Wish(wish.name(Mode.class, "mode"), wish.optionalText("address"), wish.has("vlan")
                        ? Optional.of(vlan(wish.section("vlan"))) : Optional.empty(), wish.optionalInt("leastMegabit"), wish.optionalInt("mostMegabit"),
                        wish.optionalFlag("spoofCheck"), wish.optionalFlag("trusted"), wish.optionalName(PortState.LinkState.class, "link"),
                        wish.optionalInt("mtuBytes")),
                new FunctionState(before.optionalText("driver"), before.optionalText("override"), before.has("netdev")
                        ? Optional.of(netdev(before.section("netdev"))) : Optional.empty(), before.has("port")
                                ? Optional.of(port(before.section("port"))) : Optional.empty()), whole.number("sinceMillis"), whole.flag("ready"));
    }

    private static PortState.Vlan vlan(Reader said) throws MalformedGrantException {
        return new PortState.Vlan((int) said.number("id"), (int) said.number("priority"), said.flag("service"));
    }

    private static NetdevState netdev(Reader said) throws MalformedGrantException {
        return new NetdevState(said.text("name"), said.text("address"), (int) said.number("mtuBytes"), said.flag("up"), said.flag("promiscuous"),
                said.texts("altNames"));
    }

    private static PortState port(Reader said) throws MalformedGrantException {
        return new PortState(said.text("address"), vlan(said.section("vlan")), (int) said.number("leastMegabit"), (int) said.number("mostMegabit"),
                said.optionalFlag("spoofCheck"), said.optionalFlag("trusted"), said.optionalName(PortState.LinkState.class, "link"));
    }

    /** The fields of an object; what is wrong with one is said with its path. */
    private record Reader(JsonNode node, String path) {
        private Reader {
            node = node == null ? JSON.nullNode() : node;
        }

        boolean has(String name) {
            return node.hasNonNull(name);
        }

        private MalformedGrantException wrong(String name, String expected) {
            return new MalformedGrantException(path + name + " is " + (has(name) ? "no " + expected : "missing"));
        }

        Reader section(String name) throws MalformedGrantException {
            if (!node.path(name).isObject()) {
                throw wrong(name, "section");
            }
            return new Reader(node.get(name), path + name + ".");
        }

        String text(String name) throws MalformedGrantException {
            if (!node.path(name).isTextual() || node.get(name).textValue().isEmpty()) {
                throw wrong(name, "text");
            }
            return node.get(name).textValue();
        }

        Optional<String> optionalText(String name) throws MalformedGrantException {
            return has(name) ? Optional.of(text(name)) : Optional.empty();
        }

        long number(String name) throws MalformedGrantException {
            if (!node.path(name).canConvertToLong() || !node.get(name).isIntegralNumber()) {
                throw wrong(name, "number");
            }
            return node.get(name).longValue();
        }

        OptionalInt optionalInt(String name) throws MalformedGrantException {
            return has(name) ? OptionalInt.of((int) number(name)) : OptionalInt.empty();
        }

        boolean flag(String name) throws MalformedGrantException {
            if (!node.path(name).isBoolean()) {
                throw wrong(name, "true or false");
            }
            return node.get(name).booleanValue();
        }

        Optional<Boolean> optionalFlag(String name) throws MalformedGrantException {
            return has(name) ? Optional.of(flag(name)) : Optional.empty();
        }

        <T extends Enum<T>> T name(Class<T> type, String name) throws MalformedGrantException {
            String text = text(name);
            for (T each : type.getEnumConstants()) {
                if (each.name().equals(text)) {
                    return each;
                }
            }
            throw wrong(name, "word that is known: " + text);
        }

        <T extends Enum<T>> Optional<T> optionalName(Class<T> type, String name) throws MalformedGrantException {
            return has(name) ? Optional.of(name(type, name)) : Optional.empty();
        }

        List<String> texts(String name) throws MalformedGrantException {
            List<String> texts = new ArrayList<>();
            if (!node.path(name).isArray()) {
                throw wrong(name, "list");
            }
            for (JsonNode each : node.get(name)) {
                if (!each.isTextual()) {
                    throw wrong(name, "list of texts");
                }
                texts.add(each.textValue());
            }
            return texts;
        }
    }
}
