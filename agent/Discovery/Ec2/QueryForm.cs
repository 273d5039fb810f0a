using System.Globalization;
using System.Text;

namespace AmpEdge.Agent.Discovery;

/// <summary>The body of a request of the Query protocol: parameters as an HTML form, lists as numbered names.</summary>
internal sealed class QueryForm
{
    private readonly StringBuilder _text = new();

    public QueryForm(string action, string version)
    {
        Add("Action", action);
        Add("Version", version);
    }

    public QueryForm Add(string name, string value)
    {
        _text.Append(_text.Length > 0 ? "&" : "").Append(name).Append('=').Append(Uri.EscapeDataString(value));
        return this;
    }

    /// <summary><c>prefix.1=…&amp;prefix.2=…</c></summary>
    public QueryForm AddList(string prefix, IReadOnlyList<string> values)
    {
        for (int index = 0; index < values.Count; index++)
        {
            Add(string.Create(CultureInfo.InvariantCulture, $"{prefix}.{index + 1}"), values[index]);
        }

        return this;
    }

    public byte[] ToBytes() => Encoding.ASCII.GetBytes(_text.ToString());
}
