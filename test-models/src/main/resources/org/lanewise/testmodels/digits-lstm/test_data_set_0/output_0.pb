
BprobabilitiesJ(/ë~?NÁ¨3=m:ú‰W8(Ìb8¾¿Õ6T9a ?7ÃÛÇ9qî.;