namespace AmpEdge.Hosting;

/// <summary>What stands at the head of every page of a program.</summary>
/// <param name="Program">Its name, as markup: <c>AmpEdge Agent</c>.</param>
/// <param name="Pages">The pages of the navigation, by paths that begin with a slash.</param>
public sealed record PageSite(string Program, IReadOnlyList<(string Path, string Name)> Pages);
