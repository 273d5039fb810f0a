using System.Diagnostics.CodeAnalysis;

namespace AmpEdge.Hosting;

/// <summary>A configuration, or everything that is wrong with it.</summary>
public sealed record ConfigResult<TConfig>(TConfig? Config, IReadOnlyList<ConfigProblem> Problems)
    where TConfig : class
{
    [MemberNotNullWhen(true, nameof(Config))]
    public bool IsValid => Problems.Count == 0 && Config is not null;
}
