namespace AmpEdge.Prometheus;

/// <summary>What a relabel rule does; the names are those of the configuration, in lower case there.</summary>
public enum RelabelAction
{
    /// <summary>Not given, where no default was filled in: not valid.</summary>
    None,
    Replace,
    Keep,
    Drop,
    KeepEqual,
    DropEqual,
    HashMod,
    LabelMap,
    LabelDrop,
    LabelKeep,
    Lowercase,
    Uppercase,
}
