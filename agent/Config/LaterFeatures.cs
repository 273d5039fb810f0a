using AmpEdge.Hosting;

namespace AmpEdge.Agent.Config;

/// <summary>Collects what a file asks for, rightly, that only a later version of AmpEdge can do.</summary>
internal sealed class LaterFeatures
{
    private readonly List<ConfigProblem> _problems = [];

    public IReadOnlyList<ConfigProblem> Problems => _problems;

    /// <summary>
    /// Notes a key whose value asks for such a thing, or a <paramref name="part"/> of that value; <paramref name="instead"/>
    /// is what works now.
    /// </summary>
    public void NoteIf(bool asked, ConfigSection section, string key, string instead, string? part = null)
    {
        if (asked)
        {
            _problems.Add(section.Describe(key, $"{part ?? key} is not supported yet by this version", null, instead));
        }
    }
}
