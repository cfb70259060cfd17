package overlaynet.balance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RingTest {
    private static final double LARGEST_SHARE = 2;

    private static List<Endpoint> endpoints(int count) {
        return new ArrayList<>(IntStream.rangeClosed(1, count).mapToObj(number ->
                new Endpoint(InetAddress.ofLiteral("10.1." + number / 250 + "." + (1 + number % 250)), 5060)).toList());
    }

    @Test
    void everybodyGetsAShare() {
        for (int count : new int[] {1, 2, 3, 10, 50}) {
            Map<Endpoint, Long> shares = Ring.of(endpoints(count)).slots().stream()
                    .collect(Collectors.groupingBy(each -> each, Collectors.counting()));
            assertEquals(count, shares.size());
            double largest = Collections.max(shares.values());
            assertTrue(largest < LARGEST_SHARE * Ring.SLOTS / count, count + ": " + largest);
        }
    }

    @Test
    void theOrderTheyAreNamedInDoesNotMatter() {
        List<Endpoint> all = endpoints(20);
        Ring ring = Ring.of(all);
        Collections.shuffle(all, new Random(1));
        assertEquals(ring, Ring.of(all));
    }

    @Test
    void whoLeavesGivesItsOwnSlotsAlone() {
        List<Endpoint> all = endpoints(10);
        Ring before = Ring.of(all);
        Endpoint gone = all.remove(3);
        SortedMap<Integer, Endpoint> changed = Ring.of(all).since(before);
        Set<Integer> its = IntStream.range(0, Ring.SLOTS).filter(slot -> before.slots().get(slot).equals(gone)).boxed()
                .collect(Collectors.toSet());
        assertEquals(its, changed.keySet());
        assertTrue(changed.values().stream().distinct().count() > 5, "they are spread over the others");
    }

    @Test
    void whoComesTakesNoMoreThanItsShare() {
        List<Endpoint> all = endpoints(11);
        Endpoint late = all.removeLast();
        Ring before = Ring.of(all);
        all.add(late);
        SortedMap<Integer, Endpoint> changed = Ring.of(all).since(before);
        assertEquals(Set.of(late), Set.copyOf(changed.values()));
        assertTrue(changed.size() < LARGEST_SHARE * Ring.SLOTS / 11, changed.size() + " slots");
    }

    @Test
    void nobodyIsServedByNobody() {
        assertEquals(List.of(), Ring.of(List.of()).slots());
        assertEquals(Ring.SLOTS, Ring.of(endpoints(1)).since(Ring.of(List.of())).size());
    }

    @Test
    void aPortThatIsNoneIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Endpoint(InetAddress.ofLiteral("10.1.1.1"), -1));
        assertThrows(IllegalArgumentException.class, () -> new Endpoint(InetAddress.ofLiteral("10.1.1.1"), 65_536));
    }
}
