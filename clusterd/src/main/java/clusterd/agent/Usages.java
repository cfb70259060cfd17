package clusterd.agent;

import clusterd.session.ToNode;

/** What measures for managers what this node and its tasks use. */
public interface Usages {
    /** Nobody measures here. */
    Usages NONE = new Usages() {
        @Override
        public void measure(ToNode.Measure wanted) {
            // A node that measures nothing does not say that it can.
        }
    };

    /** What is wanted from now on; returns at once. */
    void measure(ToNode.Measure wanted);
}
