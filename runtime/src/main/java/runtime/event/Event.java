package runtime.event;

import java.time.Instant;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Something that happened, in docker's words.
 *
 * @param number     counts the events of one daemon from 1; says the order, which the clock may not
 * @param at         by the clock, which may jump
 * @param type       to what kind of thing
 * @param action     what: {@code start}, {@code die}, {@code exec_create: sh -c true} …
 * @param id         of the thing; an image's may be its name
 * @param attributes more about it: {@code name}, {@code image}, {@code exitCode}, labels
 */
public record Event(long number, Instant at, Type type, String action, String id,
        Map<String, String> attributes) {

    /** What events are about. */
    public enum Type {
        CONTAINER, IMAGE, NETWORK, VOLUME, DAEMON, SERVICE, TASK, NODE, SECRET, CONFIG, PROJECT, CLUSTER;

        /** Whether such things are the cluster's, not this machine's: docker's scope {@code swarm}. */
        public boolean isOfCluster() {
            return ordinal() > DAEMON.ordinal();
        }

        /** As docker spells it. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public Event {
        attributes = Collections.unmodifiableMap(new TreeMap<>(attributes));
    }

    /** The action without what it was done with: {@code exec_create} of {@code exec_create: sh}. */
    public String plainAction() {
        int colon = action.indexOf(':');
        return colon < 0 ? action : action.substring(0, colon);
    }

    /** How many characters it holds, to bound what many of them take. */
    public int characters() {
        int characters = action.length() + id.length();
        for (Map.Entry<String, String> attribute : attributes.entrySet()) {
            characters += attribute.getKey().length() + attribute.getValue().length();
        }
        return characters;
    }
}
