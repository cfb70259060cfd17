package clusterd.dispatch;

import clusterd.session.ToNode;

/** The manager's side of one stream with a node. */
public interface NodeLink {
    /** Says something; never blocks. A link that is broken drops it; one whose node does not listen breaks. */
    void say(ToNode message);

    /** A message of the node was dealt with: the next may come. */
    void heard();

    /** Breaks it. */
    void close();
}
