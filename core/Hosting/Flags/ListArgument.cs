namespace AmpEdge.Hosting;

/// <summary>Values of the command line that stand without a flag, any number of them; read them after parsing.</summary>
public sealed class ListArgument
{
    private readonly List<string> _values = [];

    internal ListArgument(string name, string sentence)
    {
        Name = name;
        Sentence = sentence;
    }

    /// <summary>What stands for one of them in the help: <c>FILE</c>.</summary>
    public string Name { get; }

    /// <summary>As they were given, in their order.</summary>
    public IReadOnlyList<string> Values => _values;

    internal string Sentence { get; }

    internal void Add(string value) => _values.Add(value);
}
