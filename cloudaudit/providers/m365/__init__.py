"""Microsoft 365: OneDrive, SharePoint and Entra ID. Importing this loads no SDK."""
