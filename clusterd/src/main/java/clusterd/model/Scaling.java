package clusterd.model;

/**
 * A change of a service's number of tasks that nobody asked for.
 *
 * @param atMillis since 1970
 * @param from     so many before
 * @param to       so many after
 * @param why      in words: {@code cpu 340% of 70% wanted}
 */
public record Scaling(long atMillis, int from, int to, String why) {
}
