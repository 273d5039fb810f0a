namespace AmpEdge.PromQL;

/// <summary>At which steps a group has floats; a struct, so that asking costs no call.</summary>
internal interface IFloatPresence
{
    bool Has(int step);
}
