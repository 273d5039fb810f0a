using System.Text;

namespace AmpEdge.Hosting;

/// <summary>Spells a value's name as Prometheus spells log keys: <c>TimeoutSeconds</c> becomes <c>timeout_seconds</c>.</summary>
internal static class LogKey
{
    public static string Of(string name)
    {
        StringBuilder key = new(name.Length + 4);
        for (int index = 0; index < name.Length; index++)
        {
            char letter = name[index];
            if (char.IsAsciiLetterUpper(letter) && index > 0 && !char.IsAsciiLetterUpper(name[index - 1]))
            {
                key.Append('_');
            }

            key.Append(char.IsAsciiLetterOrDigit(letter) ? char.ToLowerInvariant(letter) : '_');
        }

        return key.ToString();
    }
}
