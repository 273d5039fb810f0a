namespace AmpEdge.Prometheus;

/// <summary>A walk over the labels of one series, in whichever form they are kept.</summary>
public interface ILabelWalk
{
    /// <summary>Valid after <see cref="MoveNext"/> said true, until it is asked again.</summary>
    LabelPair Current { get; }

    /// <summary>Goes to the next label; false at the end.</summary>
    bool MoveNext();
}
