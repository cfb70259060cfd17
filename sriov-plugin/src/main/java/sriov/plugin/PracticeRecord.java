package sriov.plugin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import linux.netlink.HardwareAddress;
import linux.netlink.VirtualFunctionState;
import sriov.plugin.SimulatedCards.CardState;
import sriov.plugin.SimulatedCards.PartState;

/**
 * What practice cards are like, beside the records of who has what: a kernel would remember it of real ones for as long as it runs. It need not outlast the kernel, whose links are
 * gone then as well.
 */
final class PracticeRecord {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String NAME = "practice-cards.json";

    private final Path file;

    /** A card, and the hardware address of its bridge, by which it knows that as its own. */
    record Kept(CardState state, HardwareAddress bridge) {
    }

    /** @param records folder of it */
    PracticeRecord(Path records) {
        this.file = records.resolve(NAME);
    }

    /** All cards, by their bus; none if nothing is kept. */
    Map<Integer, Kept> read() throws IOException {
        Map<Integer, Kept> all = new TreeMap<>();
        try {
            for (JsonNode each : JSON.readTree(Files.readString(file)).path("cards")) {
                Kept kept = new Kept(card(each), HardwareAddress.parse(text(each, "bridge")));
                all.put(kept.state().bus(), kept);
            }
            return all;
        } catch (NoSuchFileException none) {
            return all;
        } catch (IOException | IllegalArgumentException unreadable) {
            throw new IOException(file + " cannot be read, by which practice cards know their links: " + unreadable.getMessage()
                    + ". Delete it and the links jvf… (ip link), then the cards begin as new ones", unreadable);
        }
    }

    private static CardState card(JsonNode said) {
        List<PartState> parts = new ArrayList<>();
        for (JsonNode each : said.path("parts")) {
            parts.add(new PartState(text(each, "address"), text(each, "driver"), text(each, "override"), new VirtualFunctionState(
                    number(each, "index"), HardwareAddress.parse(text(each, "mac")), number(each, "vlan"), number(each, "priority"),
                    VirtualFunctionState.VLAN, number(each, "least"), number(each, "most"), Optional.of(flag(each, "spoofCheck")),
                    Optional.of(flag(each, "trusted")), Optional.of(VirtualFunctionState.Link.valueOf(text(each, "link"))))));
        }
        return new CardState(number(said, "bus"), text(said, "name"), flag(said, "probes"), parts);
    }

    private static JsonNode value(JsonNode said, String name) {
        if (!said.has(name)) {
            throw new IllegalArgumentException(name + " is missing");
        }
        return said.get(name);
    }

    private static String text(JsonNode said, String name) {
        return value(said, name).asText();
    }

    private static int number(JsonNode said, String name) {
        return value(said, name).asInt();
    }

    private static boolean flag(JsonNode said, String name) {
        return value(said, name).asBoolean();
    }

    /** In place of what is kept. */
    void write(List<Kept> cards) throws IOException {
        ObjectNode whole = JSON.createObjectNode();
        ArrayNode all = whole.putArray("cards");
        for (Kept each : cards) {
            ObjectNode card = all.addObject().put("bus", each.state().bus()).put("name", each.state().name()).put("bridge", each.bridge().toString())
                    .put("probes", each.state().probes());
            ArrayNode parts = card.putArray("parts");
            for (PartState part : each.state().parts()) {
                VirtualFunctionState port = part.port();
                parts.addObject().put("address", part.address()).put("driver", part.driver()).put("override", part.override())
                        .put("index", port.index()).put("mac", port.address().toString()).put("vlan", port.vlanId())
                        .put("priority", port.vlanPriority()).put("least", port.leastMegabit()).put("most", port.mostMegabit())
                        .put("spoofCheck", port.spoofCheck().orElse(true)).put("trusted", port.trusted().orElse(false))
                        .put("link", port.link().orElse(VirtualFunctionState.Link.AUTO).name());
            }
        }
        Path unfinished = file.resolveSibling(NAME + GrantFolder.UNFINISHED);
        Files.writeString(unfinished, JSON.writeValueAsString(whole));
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Nothing is kept any more. */
    void remove() throws IOException {
        Files.deleteIfExists(file);
    }
}
