package clusterd.model;

/**
 * Who shares the cluster.
 *
 * @param name   unique
 * @param quota  what its tasks may reserve together; {@link Resources#NONE} = whatever there is
 * @param weight of its share when the cluster is full; 1 or more
 */
public record Project(String name, Resources quota, int weight) {
}
