namespace AmpEdge.PromQL;

/// <summary>How many series of one side of a binary operation may meet one series of the other.</summary>
public enum MatchCardinality
{
    OneToOne,

    /// <summary><c>group_left</c>: the left side has the higher cardinality.</summary>
    ManyToOne,

    /// <summary><c>group_right</c>: the right side has the higher cardinality.</summary>
    OneToMany,

    /// <summary>Set operators.</summary>
    ManyToMany,
}
