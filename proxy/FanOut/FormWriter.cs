using System.Globalization;
using System.Text;

namespace AmpEdge.Proxy.FanOut;

/// <summary>Writes parameters as a form or query string: <c>name=value&amp;…</c>, escaped as SigV4 wants it.</summary>
internal sealed class FormWriter
{
    private readonly StringBuilder _text = new();

    public FormWriter Add(string name, string value)
    {
        _text.Append(_text.Length == 0 ? "" : "&").Append(Uri.EscapeDataString(name)).Append('=')
            .Append(Uri.EscapeDataString(value));
        return this;
    }

    /// <summary>Leaves out what is empty, which means the default everywhere in the API.</summary>
    public FormWriter AddUnlessEmpty(string name, string value) => value.Length == 0 ? this : Add(name, value);

    /// <summary>Milliseconds, as seconds with three decimals.</summary>
    public FormWriter AddSeconds(string name, long milliseconds) =>
        Add(name, (milliseconds / 1000m).ToString("0.###", CultureInfo.InvariantCulture));

    public override string ToString() => _text.ToString();
}
