using System.Text;

namespace EnhancedMta.Storage.EntityGroups;

/// <summary>Where the transactions of a table go, and how rows are named in them.</summary>
internal sealed class EntityGroupAddress
{
    /// <param name="table">Address of the table.</param>
    public EntityGroupAddress(Uri table)
    {
        Batch = new Uri(table, "$batch");
        // A table's name is letters and digits; an emulator's address has the account before it.
        Table = Encoding.ASCII.GetBytes(table.AbsoluteUri.TrimEnd('/'));
    }

    public Uri Batch { get; }

    /// <summary>Without a slash at its end.</summary>
    public ReadOnlyMemory<byte> Table { get; }

    /// <summary>A key between the quotes of an address (OData 3.0: a quote is doubled).</summary>
    public static string Key(string key) => Uri.EscapeDataString(key.Contains('\'', StringComparison.Ordinal) ? key.Replace("'", "''", StringComparison.Ordinal) : key);
}
