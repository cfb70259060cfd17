package runtime.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EventFilterTest {
    private static Event event(Event.Type type, String action, String id, String... attributes) {
        Map<String, String> map = new java.util.HashMap<>();
        for (int i = 0; i < attributes.length; i += 2) {
            map.put(attributes[i], attributes[i + 1]);
        }
        return new Event(1, Instant.EPOCH, type, action, id, map);
    }

    private static final Event DIE = event(Event.Type.CONTAINER, "die", "abcdef", "name", "web",
            "image", "host:5000/team/app:1", "exitCode", "3", "tier", "front");
    private static final Event EXEC =
            event(Event.Type.CONTAINER, "exec_create: sh -c true", "abcdef", "name", "web");
    private static final Event PULL =
            event(Event.Type.IMAGE, "pull", "debian:latest", "name", "debian:latest");
    private static final Event CONNECT = event(Event.Type.NETWORK, "connect", "99", "name", "lan",
            "container", "abcdef");

    private static boolean accepts(Event event, String... pairs) {
        EventFilter filter = new EventFilter();
        for (int i = 0; i < pairs.length; i += 2) {
            filter.add(pairs[i], pairs[i + 1]);
        }
        return filter.accepts(event);
    }

    @Test
    void oneKeyIsAnAlternativeAndKeysAreAConjunction() {
        assertTrue(accepts(DIE));
        assertTrue(accepts(DIE, "event", "start", "event", "die"));
        assertFalse(accepts(DIE, "event", "start"));
        assertTrue(accepts(DIE, "event", "die", "type", "container"));
        assertFalse(accepts(DIE, "event", "die", "type", "image"));
    }

    @Test
    void actionsWithOrWithoutWhatTheyAreAbout() {
        assertTrue(accepts(EXEC, "event", "exec_create"));
        assertTrue(accepts(EXEC, "event", "exec_create: sh -c true"));
        assertFalse(accepts(EXEC, "event", "exec"));
    }

    @Test
    void containersByIdBeginningOrName() {
        assertTrue(accepts(DIE, "container", "web"));
        assertTrue(accepts(DIE, "container", "abc"));
        assertFalse(accepts(DIE, "container", "we"));
        assertFalse(accepts(DIE, "container", ""));
        assertFalse(accepts(PULL, "container", "debian"));
        assertTrue(accepts(CONNECT, "container", "abcdef"));
    }

    @Test
    void imagesByName() {
        assertTrue(accepts(PULL, "image", "debian"));
        assertTrue(accepts(PULL, "image", "debian:latest"));
        assertFalse(accepts(PULL, "image", "debian:12"));
        assertTrue(accepts(DIE, "image", "host:5000/team/app"));
        assertFalse(accepts(DIE, "image", "host"));
    }

    @Test
    void labels() {
        assertTrue(accepts(DIE, "label", "tier"));
        assertTrue(accepts(DIE, "label", "tier=front"));
        assertFalse(accepts(DIE, "label", "tier=back"));
        assertFalse(accepts(DIE, "label", "none=x"));
    }

    @Test
    void scopesAndWhatIsOfTheCluster() {
        Event task = event(Event.Type.TASK, "running", "t1", "name", "web.1", "service", "web", "node", "box1");
        Event service = event(Event.Type.SERVICE, "update", "s1", "name", "web");
        for (String scope : new String[] {"swarm", "cluster"}) {
            assertTrue(accepts(task, "scope", scope));
            assertFalse(accepts(DIE, "scope", scope));
        }
        assertTrue(accepts(DIE, "scope", "local"));
        assertFalse(accepts(service, "scope", "local"));
        assertTrue(accepts(task, "service", "web"));
        assertTrue(accepts(service, "service", "web"));
        assertTrue(accepts(task, "node", "box1", "type", "task"));
        assertFalse(accepts(task, "node", "box2"));
        assertTrue(new EventFilter().wantsCluster());
        assertFalse(new EventFilter().add("scope", "local").wantsCluster());
        assertThrows(IllegalArgumentException.class, () -> accepts(DIE, "scope", "galaxy"));
    }

    @Test
    void unknownKeysAndTypesAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> accepts(DIE, "nonsense", "x"));
        String message = assertThrows(IllegalArgumentException.class,
                () -> accepts(DIE, "type", "pod")).getMessage();
        assertEquals("unknown type 'pod'; there are container, image, network, volume, daemon,"
                + " service, task, node, secret, config, project, cluster",
                message);
    }
}
