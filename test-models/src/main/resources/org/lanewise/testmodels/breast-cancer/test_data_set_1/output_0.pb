BprobabilitiesJ(þÿ?‡4S8´ü?8Œj?>ž«=H
¥4úÿ?ÝU?»‰(>