package sriov.pool;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.schema.FailsafeSchema;
import sriov.inventory.PciAddress;
import sriov.inventory.PciFunction.DeviceType;

/**
 * Reads a config, of YAML or JSON: jctl's own, whose sections are {@code physicalFunctions} and {@code pools}, or that of Kubernetes' SR-IOV network device
 * plugin, whose section is {@code resourceList} (its docs/config.md). Says every problem at once, and what is asked for there and cannot be had here.
 */
public final class ConfigReader {
    private static final int MOST_CHARACTERS = 1 << 20;
    private static final int MOST_DEPTH = 32;
    private static final int MOST_VALUES = 100_000;
    private static final int MOST_ALIASES = 64;
    private static final int MOST_PARTS = 65_535;
    private static final String FOREIGN_PREFIX = "intel.com";
    private static final ObjectMapper JSON = JsonMapper.builder().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

    private static final Set<String> SELECTS = Set.of("vendors", "devices", "drivers", "pciAddresses", "pfNames", "rootDevices", "linkTypes",
            "numaNodes", "isRdma");
    /** What the plugin of Kubernetes knows besides. */
    private static final Set<String> FOREIGN_SELECTS = Set.of("acpiIndexes", "ddpProfiles", "pKeys", "needVhostNet", "vdpaType", "auxTypes");

    /** The reader's schema has texts alone, and nothing for what is called something else. */
    private static final Pattern TAG = Pattern.compile("(^|[\\s\\[{,])(!!|!<)");

    private final List<String> problems = new ArrayList<>();

    private ConfigReader() { }

    /**
     * What an operator wants.
     *
     * @throws ConfigException with every problem found
     */
    public static PoolConfig read(String text) throws ConfigException {
        ConfigReader reader = new ConfigReader();
        PoolConfig config = reader.config(new ConfigSection(tree(text), "", reader.problems));
        if (!reader.problems.isEmpty()) {
            throw new ConfigException(reader.problems);
        }
        return config;
    }

    private static Map<?, ?> tree(String text) throws ConfigException {
        if (text.length() > MOST_CHARACTERS) {
            throw new ConfigException(List.of("the config has more than " + MOST_CHARACTERS + " characters"));
        }
        if (text.lines().map(String::strip).allMatch(line -> line.isEmpty() || line.startsWith("#") || line.equals("---"))) {
            return Map.of(); // which the reader's schema has nothing for
        }
        if (TAG.matcher(text).find() && !text.stripLeading().startsWith("{")) {
            throw new ConfigException(List.of("it has tags (!!), which mean nothing here"));
        }
        Object read;
        try {
            // What is indented with tabs is JSON, and no YAML.
            read = text.stripLeading().startsWith("{") ? JSON.readValue(text, Map.class) : new Load(LoadSettings.builder().setSchema(new FailsafeSchema())
                    .setAllowDuplicateKeys(false).setMaxAliasesForCollections(MOST_ALIASES).setCodePointLimit(MOST_CHARACTERS).build())
                    .loadFromString(text);
        } catch (JsonProcessingException malformed) {
            throw new ConfigException(List.of("it is no JSON: " + malformed.getOriginalMessage() + at(malformed)));
        } catch (YamlEngineException malformed) {
            throw new ConfigException(List.of("it is no YAML: " + malformed.getMessage()));
        } catch (StackOverflowError bottomless) {
            throw new ConfigException(List.of("it has sections within sections, deeper than can be read"));
        }
        if (!(read instanceof Map<?, ?> map)) {
            throw new ConfigException(List.of("it is no section: expected physicalFunctions and pools, or resourceList"));
        }
        check(map, 0, 0);
        return map;
    }

    private static String at(JsonProcessingException malformed) {
        return malformed.getLocation() == null ? "" : " (line " + malformed.getLocation().getLineNr() + ", column "
                + malformed.getLocation().getColumnNr() + ")";
    }

    /** An alias may lead back to what holds it, or stand for much. */
    private static int check(Object value, int depth, int before) throws ConfigException {
        int count = before + 1;
        if (depth > MOST_DEPTH || count > MOST_VALUES) {
            throw new ConfigException(List.of("it has sections within sections deeper than " + MOST_DEPTH + ", or more than " + MOST_VALUES
                    + " values"));
        }
        Iterable<?> below = switch (value) {
            case Map<?, ?> map -> map.values();
            case List<?> list -> list;
            case null, default -> List.of();
        };
        for (Object each : below) {
            count = check(each, depth + 1, count);
        }
        return count;
    }

    private PoolConfig config(ConfigSection whole) {
        boolean foreign = whole.has("resourceList");
        whole.onlyKnown(foreign ? Set.of("resourceList") : Set.of("physicalFunctions", "pools"));
        List<Division> divisions = whole.sections("physicalFunctions").stream().map(this::division).toList();
        List<Pool> pools = new ArrayList<>();
        Set<ResourceName> names = new HashSet<>();
        for (ConfigSection each : whole.sections(foreign ? "resourceList" : "pools")) {
            Pool pool = foreign ? foreign(each) : pool(each);
            pool.resource().problem().ifPresent(why -> each.problem("", why));
            if (!names.add(pool.resource())) {
                each.problem("", "there is a pool " + pool.resource() + " already");
            }
            pools.add(pool);
        }
        return new PoolConfig(divisions, pools);
    }

    private Division division(ConfigSection section) {
        section.onlyKnown(Set.of("name", "virtualFunctions", "probeDrivers"));
        Optional<String> name = section.text("name");
        if (name.isEmpty()) {
            section.problem("name", "is missing: that of a network device, or a PCI address");
        }
        return new Division(name.orElse(""), section.number("virtualFunctions", 0, MOST_PARTS), section.flag("probeDrivers", false));
    }

    private Pool pool(ConfigSection section) {
        section.onlyKnown(Set.of("name", "prefix", "mode", "type", "selectors", "topology", "vhostNet", "environment"));
        Optional<Mode> mode = section.text("mode").flatMap(text -> switch (text) {
            case "netdev" -> Optional.of(Mode.NETDEV);
            case "vfio" -> Optional.of(Mode.VFIO);
            default -> {
                section.problem("mode", text + " is neither netdev nor vfio");
                yield Optional.empty();
            }
        });
        return new Pool(new ResourceName(section.text("prefix").orElse(ResourceName.PREFIX), name(section, "name")), type(section, "type"), mode,
                selectors(section, SELECTS, Set.of()), section.flag("topology", true), section.flag("vhostNet", false), section.tables("environment"));
    }

    private Pool foreign(ConfigSection section) {
        section.onlyKnown(Set.of("resourceName", "resourcePrefix", "deviceType", "excludeTopology", "selectors", "additionalInfo"));
        List<ConfigSection> selectors = section.sections("selectors");
        boolean vhostNet = selectors.stream().anyMatch(each -> each.flag("needVhostNet", false));
        return new Pool(new ResourceName(section.text("resourcePrefix").orElse(FOREIGN_PREFIX), name(section, "resourceName")),
                type(section, "deviceType"), Optional.empty(), selectors(section, SELECTS, FOREIGN_SELECTS), !section.flag("excludeTopology", false),
                vhostNet, section.tables("additionalInfo"));
    }

    private static String name(ConfigSection section, String key) {
        Optional<String> name = section.text(key);
        if (name.isEmpty()) {
            section.problem(key, "is missing");
        }
        return name.orElse("missing");
    }

    private static DeviceType type(ConfigSection section, String key) {
        return switch (section.text(key).orElse("netDevice")) {
            case "netDevice" -> DeviceType.NETWORK;
            case "accelerator" -> DeviceType.ACCELERATOR;
            case "other" -> DeviceType.OTHER;
            case "auxNetDevice" -> {
                section.problem(key, "auxNetDevice: subfunctions of network cards are not given out; take their virtual functions, netDevice");
                yield DeviceType.NETWORK;
            }
            case String unknown -> {
                section.problem(key, unknown + " is none of netDevice, accelerator and other");
                yield DeviceType.NETWORK;
            }
        };
    }

    private List<Selector> selectors(ConfigSection section, Set<String> own, Set<String> besides) {
        Set<String> all = new HashSet<>(own);
        all.addAll(besides);
        List<Selector> selectors = new ArrayList<>();
        for (ConfigSection each : section.sections("selectors")) {
            each.onlyKnown(all);
            refuseUnsupported(each, besides);
            selectors.add(new Selector(choice(each, "vendors", ConfigReader::isNumber, "a number of four hexadecimal digits"),
                    choice(each, "devices", ConfigReader::isNumber, "a number of four hexadecimal digits"), choice(each, "drivers", any -> true, ""),
                    choice(each, "pciAddresses", text -> text.contains("*") || PciAddress.parse(text).filter(address ->
                            address.toString().equals(text.toLowerCase(Locale.ROOT))).isPresent(), "a PCI address, as 0000:01:10.2"),
                    parts(each, "pfNames"), parts(each, "rootDevices"), choice(each, "linkTypes", Set.of("ether", "infiniband")::contains,
                            "ether or infiniband"),
                    choice(each, "numaNodes", text -> text.matches("[0-9]{1,4}"), "a number"),
                    each.has("isRdma") ? Optional.of(each.flag("isRdma", false)) : Optional.empty()));
        }
        return selectors.isEmpty() ? List.of(Selector.ANY) : selectors;
    }

    private static void refuseUnsupported(ConfigSection section, Set<String> names) {
        for (String each : names) {
            if (!each.equals("needVhostNet") && section.has(each) && !section.texts(each).isEmpty()) {
                section.problem(each, "functions cannot be chosen by that here: there are " + String.join(", ", SELECTS.stream().sorted().toList()));
            }
        }
    }

    private static boolean isNumber(String text) {
        return text.contains("*") || text.matches("[0-9a-fA-F]{4}");
    }

    private static Choice choice(ConfigSection section, String name, Predicate<String> valid, String expected) {
        List<String> texts = section.texts(name);
        texts.stream().filter(each -> !valid.test(each.startsWith("!") ? each.substring(1) : each)).forEach(each ->
                section.problem(name, each + " is not " + expected));
        return Choice.of(texts);
    }

    private static PartChoice parts(ConfigSection section, String name) {
        List<PartChoice.Parts> wanted = new ArrayList<>();
        List<PartChoice.Parts> unwanted = new ArrayList<>();
        for (String each : section.texts(name)) {
            boolean not = each.startsWith("!");
            PartChoice.Parts.parse(not ? each.substring(1) : each).ifPresentOrElse((not ? unwanted : wanted)::add, () ->
                    section.problem(name, each + " is not NAME or NAME#0,2-7"));
        }
        return new PartChoice(wanted, unwanted);
    }
}
