package runtime.container;

import java.util.List;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/** Names for containers whose user gave none: {@code adjective_animal}. */
final class NameMaker {
    private static final List<String> ADJECTIVES = List.of(
            "able", "agile", "amber", "ample", "bold", "brave", "brisk", "bright", "calm", "candid",
            "cheery", "clever", "cosy", "crisp", "curious", "daring", "deft", "eager", "earnest",
            "fair", "fleet", "fond", "frank", "free", "fresh", "gentle", "glad", "golden", "grand",
            "green", "happy", "hardy", "humble", "jolly", "keen", "kind", "lively", "loyal", "lucid",
            "merry", "mild", "mellow", "neat", "nimble", "noble", "patient", "placid", "plucky",
            "polite", "proud", "quick", "quiet", "rapid", "ready", "robust", "rosy", "rustic",
            "serene", "sharp", "silent", "silver", "sleek", "smart", "snug", "sober", "solid",
            "spry", "steady", "stout", "sunny", "swift", "tidy", "tranquil", "trusty", "upbeat",
            "vivid", "warm", "wary", "wise", "witty", "young", "zesty");
    private static final List<String> ANIMALS = List.of(
            "badger", "bat", "bear", "beaver", "bee", "bison", "boar", "buzzard", "camel", "cat",
            "cheetah", "condor", "cormorant", "cow", "crab", "crane", "cricket", "crow", "curlew",
            "deer", "dolphin", "dormouse", "dove", "duck", "eagle", "eel", "egret", "elk", "falcon",
            "ferret", "finch", "fox", "frog", "gazelle", "gecko", "gnu", "goat", "goose", "grouse",
            "hare", "hawk", "hedgehog", "heron", "horse", "ibex", "ibis", "jackdaw", "jay",
            "kestrel", "kite", "koala", "lark", "lemur", "lion", "lizard", "llama", "lynx",
            "magpie", "marmot", "marten", "mole", "moose", "moth", "mouse", "newt", "ocelot",
            "octopus", "otter", "owl", "panda", "pelican", "penguin", "plover", "pony", "puffin",
            "quail", "rabbit", "raven", "robin", "salmon", "seal", "shrew", "skylark", "snail",
            "sparrow", "squid", "stork", "swan", "swift", "tapir", "tern", "thrush", "toad",
            "trout", "turtle", "viper", "vole", "walrus", "weasel", "whale", "wolf", "wombat",
            "wren", "yak", "zebra");

    private NameMaker() {}

    /** A name that is not taken; after many collisions a number makes it so. */
    static String make(RandomGenerator random, Predicate<String> taken) {
        for (int attempt = 0; ; attempt++) {
            String name = ADJECTIVES.get(random.nextInt(ADJECTIVES.size())) + "_"
                    + ANIMALS.get(random.nextInt(ANIMALS.size()));
            if (attempt >= 6) {
                name += random.nextInt(1 << Math.min(attempt, 30));
            }
            if (!taken.test(name)) {
                return name;
            }
        }
    }
}
