package sriov.pool;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sriov.inventory.PciAddress;
import sriov.inventory.PhysicalFunction;

/** Which functions of a pool are best given together. */
public enum Preference {
    /** Of as few cards as possible, and of those that have the fewest left, so that whole ones stay free for who needs many. */
    PACKED,
    /** Of as many cards as possible, so that one card's failure does not take all: what a bond needs. */
    SPREAD;

    /**
     * So many of them; all on one NUMA node if there are enough on one.
     *
     * @param available those that are free, each once
     * @param must      of these, those that are to be among them
     * @return empty if there are not enough
     */
    public Optional<List<Candidate>> choose(List<Candidate> available, List<Candidate> must, int count) {
        if (must.size() > count || available.size() < count || !available.containsAll(must)) {
            return Optional.empty();
        }
        List<Candidate> best = null;
        for (List<Candidate> node : byNode(available, must)) {
            if (node.size() >= count && (best == null || node.size() < best.size())) {
                best = node; // the one with the fewest left, for the same reason
            }
        }
        return Optional.of(pick(best == null ? available : best, must, count));
    }

    /** Those of each NUMA node that has all that must be among them; those that nobody knows the node of count as of one. */
    private static List<List<Candidate>> byNode(List<Candidate> available, List<Candidate> must) {
        Map<Integer, List<Candidate>> nodes = new HashMap<>();
        for (Candidate each : available) {
            nodes.computeIfAbsent(each.function().numaNode().orElse(-1), none -> new ArrayList<>()).add(each);
        }
        return nodes.entrySet().stream().filter(each -> each.getValue().containsAll(must))
                .sorted(Map.Entry.comparingByKey()).map(Map.Entry::getValue).toList();
    }

    private List<Candidate> pick(List<Candidate> available, List<Candidate> must, int count) {
        List<Candidate> picked = new ArrayList<>(must);
        List<Candidate> left = new ArrayList<>(available);
        left.removeAll(must);
        while (picked.size() < count) {
            Candidate next = left.stream().min(order(picked, left)).orElseThrow();
            picked.add(next);
            left.remove(next);
        }
        return picked;
    }

    private Comparator<Candidate> order(List<Candidate> picked, List<Candidate> left) {
        Comparator<Candidate> used = Comparator.comparingLong(each -> picked.stream().filter(one -> card(one).equals(card(each))).count());
        Comparator<Candidate> free = Comparator.comparingLong(each -> left.stream().filter(one -> card(one).equals(card(each))).count());
        Comparator<Candidate> cards = switch (this) {
            case PACKED -> used.reversed().thenComparing(free);
            case SPREAD -> used.thenComparing(free.reversed());
        };
        return cards.thenComparing(Candidate::address);
    }

    private static PciAddress card(Candidate candidate) {
        return candidate.of().map(PhysicalFunction::address).orElse(candidate.address());
    }
}
